"""Whatever the server says to people is said in every language of the pages."""

import tomllib

import pytest
import regex

from corpus.load import load_sources
from corpus.readers.warc.tally import _NAMES, Tally
from corpus.source import bytes_source
from tests.sentences import ROOT, built, sentences
from ui.words.sentences import HEADER, worded
from ui.words.wording import LANGUAGES, library_words

ROWS = tomllib.loads((ROOT / "ui/words/sentences.toml").read_text(encoding="utf-8"))
# Defects, what only a program asks for, and pages that word it themselves.
UNSEEN = {
    "module 'corpus' has no attribute {}",
    "Gradio gave an event without its request.",
    "Nothing was added. {}{}",
    # The console's, the log's, and the description of the API.
    "{} is not read; {}",
    "Another process is writing to this library; waiting for it to finish.",
    "Another process is re-encoding this library; waiting for it to finish.",
    "The system cannot tell of changes ({}); the folders are looked at every {} seconds instead. A "
    "higher limit of inotify watches helps.",
    "Send a key as `Authorization: Bearer KEY`. Whoever runs the server makes one with: dalil user "
    "key NAME",
}
_OTHER_KINDS = (b"5", b"true", b"[1]", b'{"a": 1}')
OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_that_is_raised_or_told_has_a_wording(language):
    said = {one: file for one, file in sentences() if one not in UNSEEN}
    assert len(said) > 140
    bare = {file: one for one, file in said.items() if one not in ROWS[language]}
    assert not bare, f"ui/words/sentences.toml lacks, for {language}: {bare}"


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_function_puts_together_is_in_a_wording_whole_or_in_part(language):
    said = {one: file for one, file in built() if one not in UNSEEN}
    # A date of the future, a reply of a site, fields with other names, pages of a PDF.
    assert {"corpus/dates/future.py", "corpus/fetch/fetch.py", "corpus/naming.py"} < {
        *said.values()
    }
    assert "Pages {} and {} have {}" in said
    bare = {file: one for one, file in said.items() if not _holds(ROWS[language], one)}
    assert not bare, f"ui/words/sentences.toml lacks, for {language}: {bare}"


def _holds(rows, part):
    pattern = regex.compile(".*".join(map(regex.escape, part.split("{}"))))
    return any(pattern.search(row) for row in rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b'{"text" "The market is open."}'),
        ("a.jsonl", b'{"text": "The market is open.}'),
        ("a.jsonl", b'{"text": "The \\market is open."}'),
        ("a.json", b'[{"text": }]'),
        ("a.json", b"[] []"),
        ("a.txt", b"{\\rtf1 The market is open.}"),
        ("a.txt", b"PK\3\4"),
        ("a.txt", b"\xd0\xcf\x11\xe0"),
        ("a.jsonl", b'{"text": null, "title": [1]}'),
    ],
)
def test_why_a_file_is_not_read_is_told_in_arabic_whole(name, content):
    (error,) = {one.error for one in load_sources([bytes_source(name, content)])}
    told = worded(error, "ar")
    # Names of formats, and what is to be typed.
    known = {"JSON", "jsonl", "RTF", "UTF", "DOCX", "EPUB", "Office", "text", "field", "NAME"}
    assert not set(regex.findall("[A-Za-z]{2,}", told)) - known, (error, told)


def test_what_was_in_an_archive_is_told_in_arabic_whole():
    tally = Tally()
    tally.read = 2
    for number, what in enumerate(_NAMES):
        for _ in range(1 + number % 2):
            tally.skip(what)
    for sentence in (f"{tally}.", f"The archive holds no page of an article ({tally})."):
        told = worded(sentence, "ar")
        assert not regex.findall("[A-Za-z]", told), told
        assert told.count("،") >= len(_NAMES) - 1


def test_a_list_is_worded_only_where_all_of_it_has_words():
    assert worded("2 pages read, 3 skipped: 2 images, 1 nothing.", "ar").endswith(
        "\u20682 images, 1 nothing\u2069."
    )


@pytest.mark.parametrize("language", OTHERS)
def test_a_row_says_all_values_in_its_own_script(language):
    for english, own in ROWS[language].items():
        values = [f"v{n}" for n in range(english.count("{}"))]
        sentence = english
        for value in values:
            sentence = sentence.replace("{}", value, 1)
        told = worded(sentence, language)
        assert own.count("{") - own.count("[{") - own.count(' {"') == len(values), english
        assert all(value in told for value in values), english
        # Words of English stand in names, commands and code only.
        assert len(regex.findall(r"\p{Arabic}", told)) > 5, english


def test_a_sentence_in_a_sentence_behind_a_file_and_one_without_a_row():
    inner = "The file is not a whole zipped document; save it anew from its program."
    row = ROWS["ar"][inner]
    assert (
        worded(f"Nothing was added. a.docx: {inner}", "ar")
        == f"لم يُضف شيء. \u2068a.docx\u2069: {row}"
    )
    assert worded(f"https://a.example/x: {inner}", "ar").endswith(f": {row}")
    assert worded("Nobody wrote this.", "ar") == "Nobody wrote this."
    assert worded(inner, "en") == inner


def test_the_page_takes_the_same_words_off_a_single_file():
    for language in LANGUAGES:
        said = worded("Nothing was added. x", language)
        assert said.startswith(library_words(language)["nothing_added"] + " ")


def test_the_api_speaks_english_unless_a_page_asks(home, article, kit):
    kit.add(home, article())
    with kit.client_of(home) as client:
        body = {"articles": ["none"], "set": {"outlet": "SANA"}}
        english = client.post("/api/library/edits", json=body).json()["articles"][0]["error"]
        assert english == "There is no article 'none' in the library."
        for path, given in (
            ("/api/library/edits", body),
            ("/api/library/edits", {"articles": ["a"], "set": {"published": "2999-01-01"}}),
            ("/api/library/links", {"link": "https://news.example/a"}),
            ("/api/nothing", {}),
        ):
            plain = client.post(path, json=given)
            for language in ("ar", "xx", ""):
                told = client.post(path, json=given, headers={HEADER: language})
                assert told.status_code == plain.status_code
                assert (told.text != plain.text) == (language == "ar"), told.text


def test_what_was_read_with_a_date_of_the_future_is_told_in_arabic(home, kit):
    line = b'{"id": "a", "text": "The market is open.", "published": "2999-01-01"}'
    with kit.client_of(home) as client:
        for language, begin in (("ar", "التاريخ"), ("en", "The date")):
            sent = {"files": ("a.jsonl", line)}
            told = client.post("/api/articles", files=sent, headers={HEADER: language}).json()
            assert told["notices"][0]["notice"].startswith(begin)


@pytest.mark.parametrize(
    "path", ["/api/articles/none", "/api/articles/a?version=7", "/api/articles/none?version=7"]
)
def test_an_article_that_is_not_there_is_told_in_arabic_whole(home, article, kit, path):
    kit.add(home, article())
    with kit.client_of(home) as client:
        told = client.get(path, headers={HEADER: "ar"}).json()["error"]
    assert set(regex.findall("[A-Za-z]{2,}", told)) <= {"none", "dalil", "list"}, told


def test_what_a_file_holds_instead_is_told_in_arabic(home, kit):
    for line in (b'{"body": "The market is open."}', *(b'{"text": %s}' % v for v in _OTHER_KINDS)):
        with kit.client_of(home) as client:
            sent = {"files": ("a.jsonl", line)}
            told = client.post("/api/articles", files=sent, headers={HEADER: "ar"}).json()["error"]
        words = set(regex.findall("[A-Za-z]+", told))
        assert words <= {"a", "jsonl", "text", "field", "NAME", "body"}, told
