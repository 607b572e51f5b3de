"""Front matter is read, and rules that are none stay in the text."""

from datetime import date

import pytest

from corpus.errors import DalilError
from corpus.readers import markdown
from corpus.source import bytes_source


def read(text):
    (entry,) = markdown.read(bytes_source("a.md", text.encode()))
    return entry.values


def test_front_matter():
    values = read("---\nTitle: عنوان\ndate: 2020-04-18\nlang: ar\ntext: x\n---\n\n## قسم\n")
    assert values == {
        "text": "## قسم",
        "title": "عنوان",
        "published": date(2020, 4, 18),
        "language": "ar",
    }


@pytest.mark.parametrize(
    "text", ["# عنوان\n\nفقرة.", "---\nفقرة.\n---\nالبقية هنا.", "---\n- a\n- b\n---\nmore"]
)
def test_what_is_no_front_matter_is_text(text):
    assert read(text) == {"text": text}


def test_front_matter_that_is_no_yaml_is_refused():
    with pytest.raises(DalilError, match=r"front matter is not valid YAML .*; mend it"):
        read("---\ntitle: [a\n---\ntext")
