"""JSON files: where the articles are, and which of them are none."""

import json as library

import pytest

from corpus.errors import DalilError
from corpus.load import load_sources
from corpus.readers import json
from corpus.source import bytes_source

ONE, TWO = {"text": "نص أول."}, {"text": "نص ثان.", "tags": ["a"]}


def read(value):
    text = value if isinstance(value, str) else library.dumps(value)
    return list(json.read(bytes_source("a.json", text.encode())))


@pytest.mark.parametrize(
    "value",
    [[ONE, TWO], {"articles": [ONE, TWO]}, {"status": "ok", "n": [1], "items": [ONE, TWO]}],
)
def test_the_array_of_articles_is_found(value):
    assert [(entry.values, entry.line) for entry in read(value)] == [(ONE, 1), (TWO, 2)]


@pytest.mark.parametrize(
    "value",
    [
        {"data": {"articles": [ONE, TWO]}},
        {"response": {"docs": [ONE, TWO], "start": 0}, "header": {"status": 0}},
        {"title": "A feed", "description": "Of ours", "items": [ONE, TWO]},
    ],
)
def test_the_array_may_lie_deeper(value):
    assert [entry.values for entry in read(value)] == [ONE, TWO]


def test_articles_may_stand_under_their_ids():
    found = [entry.values for entry in read({"a": ONE, "b": TWO})]
    assert found == [{"id": "a", **ONE}, {"id": "b", **TWO}]
    hits = {"hits": {"total": 1, "hits": [{"_id": "a", "_source": ONE}]}}
    assert [entry.values for entry in read(hits)] == [{"id": "a", **ONE}]


def test_one_article_may_stand_alone():
    other = {"headline": "Open", "body": "نص.", "images": [{"url": "a"}]}
    assert [entry.values for entry in read(other)] == [other]
    assert [entry.values for entry in read(TWO)] == [TWO]
    pictured = ONE | {"images": [{"url": "a"}]}
    assert [entry.values for entry in read(pictured)] == [pictured]


def test_fields_are_mapped_and_a_bad_entry_is_named():
    data = library.dumps([{"body": "نص"}, 7, {"body": ""}]).encode()
    first, second, third = load_sources([bytes_source("a.json", data)], fields={"text": "body"})
    assert (first.article.id, first.article.text) == ("a.json:1", "نص")
    assert (second.line, "not a JSON object" in second.error) == (2, True)
    assert (third.line, "empty" in third.error) == (3, True)


BAD = {
    "": "not valid JSON",
    "[{]": "at line 1, column 3); mend it",
    '{"text": "a"}\n{"text": "b"}': "name it .jsonl",
    "[]": "holds no articles",
    "{}": "holds no articles",
    "7": "not an array of articles",
    "[" * 100_000: "nested too deeply",
    '{"a": [{}], "b": [{}]}': 'several arrays of objects ("a", "b"); keep',
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_a_bad_file_is_told(text):
    with pytest.raises(DalilError) as error:
        read(text)
    assert BAD[text] in str(error.value)
