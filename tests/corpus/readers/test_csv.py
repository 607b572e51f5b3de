"""Tables: what parts their values, where rows begin, and which of them are bad."""

import pytest

from corpus.errors import DalilError
from corpus.load import load_sources
from corpus.readers import csv
from corpus.source import bytes_source


def read(text, encoding="utf-8"):
    return list(csv.read(bytes_source("a.csv", text.encode(encoding))))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(delimiter, encoding, end):
    rows = [("id", "text"), ("1", '"فُتح, المعبر; اليوم\nثم | أُغلق\t""مساءً"""'), ("2", "نص")]
    first, second = read("".join(delimiter.join(row) + end for row in rows), encoding)
    assert first.values == {"id": "1", "text": 'فُتح, المعبر; اليوم\nثم | أُغلق\t"مساءً"'}
    assert (first.line, second.values["text"]) == (2, "نص")


def test_a_row_knows_the_line_it_begins_on():
    entries = read('text,id\n"a\n\nb",1\n\n"c",2,3\nd,4\n')
    assert [(entry.line, entry.values and entry.values["text"]) for entry in entries] == [
        (2, "a\n\nb"), (6, None), (7, "d"),
    ]  # fmt: skip
    assert "has 3 values and the header 2; put quotation marks" in entries[1].error


def test_a_sentence_is_no_row_of_values():
    (entry,) = read("text\nHe came, they say; and went, he says.\n")
    assert entry.values == {"text": "He came, they say; and went, he says."}


def test_excel_may_say_what_parts_the_values():
    (entry,) = read("sep=;\ntext;id\na,b;1\n")
    assert (entry.values, entry.line) == ({"text": "a,b", "id": "1"}, 3)


def test_names_are_mapped_and_may_be_capitals():
    source = bytes_source("a.csv", b"Title,Body,Empty\nMarket,It reopens.,\n")
    (loaded,) = load_sources([source], fields={"text": "Body"})
    article = loaded.article
    assert (article.id, article.title, article.text) == ("a.csv:2", "Market", "It reopens.")


def test_an_article_longer_than_the_modules_limit():
    (entry,) = read("id,text\n1," + "word " * 50_000)
    assert len(entry.values["text"]) == 250_000


def test_empty_values_at_the_end_of_a_row_are_no_fault():
    (entry,) = read("text,id\na,1,,\n")
    assert entry.values == {"text": "a", "id": "1"}


BAD = {
    "": "no header; name the fields",
    "text,id\n": "holds no articles; write one on each row",
    "text,text\na,b\n": 'names "text" twice; give',
    'text,id\na,1\n"b,2\n': "begins on line 3 is not valid CSV",
}


@pytest.mark.parametrize("table", BAD)
def test_a_bad_table_is_told(table):
    with pytest.raises(DalilError) as error:
        read(table)
    assert BAD[table] in str(error.value)


def test_another_encoding_is_told_and_not_guessed():
    with pytest.raises(DalilError, match="looks like windows-1256: convert it"):
        read("text,id\nفتحت المدارس أبوابها,1\n", "cp1256")
