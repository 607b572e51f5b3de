"""XML of strangers: nothing it names is fetched, nothing it declares is used."""

from dataclasses import replace

import pytest

from corpus.confined.limits import LIMITS
from corpus.confined.xml import parse_xhtml, parse_xml
from corpus.errors import DalilError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY b "c">', '<!ENTITY b SYSTEM "file:///etc/hostname">', '<!ENTITY % b "c">'],
)
def test_entities_of_its_own_are_refused(declared, encoding):
    document = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [{declared}]><a>text</a>'
    for parse in (parse_xml, parse_xhtml):
        with pytest.raises(DalilError, match="declares entities of its own; save it anew"):
            parse(document.encode(encoding))


def test_a_definition_elsewhere_is_not_fetched(tmp_path):
    definition = tmp_path / "a.dtd"
    definition.write_text('<!ENTITY b "fetched">')
    document = f'<!DOCTYPE a SYSTEM "{definition.as_uri()}"><a>text &b;</a>'
    assert "fetched" not in "".join(parse_xml(document.encode()).itertext(with_tail=True))


def test_nesting_has_a_limit():
    limits = replace(LIMITS, depth=5)
    for parse in (parse_xml, parse_xhtml):
        assert parse(b"<a>" * 5 + b"</a>" * 5, limits).tag == "a"
        with pytest.raises(DalilError, match="nests more than 5 elements in each other; save"):
            parse(b"<a>" * 6 + b"</a>" * 6, limits)
    # A page that is no XML is read as HTML, with the same limit.
    assert parse_xhtml(b"<p>a<br>b", limits).tag == "html"
    with pytest.raises(DalilError, match="nests more than 5"):
        parse_xhtml(b"<div>" * 6 + b"<br>", limits)


@pytest.mark.parametrize("data", [b"", b"text", b"<a>", b"<a></b>", b"\xff\xfe<", b"<a>\0</a>"])
def test_what_is_no_xml_is_told(data):
    with pytest.raises(DalilError, match=r"XML cannot be read .*; save it anew"):
        parse_xml(data)


def test_a_page_that_is_no_text_is_told():
    with pytest.raises(DalilError, match="is no text; save the book anew"):
        parse_xhtml(b"\0\1\2")


def test_names_of_characters_in_a_page_are_those_of_html():
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><p>a&nbsp;&eacute;&amp;&lt;&unknown</p></html>'
    )
    assert "".join(parse_xhtml(page.encode()).itertext()).strip().startswith("a\xa0é&<")
