"""Any text goes through clean, split, add, search and ask: no crash, offsets exact."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus.load import load_articles
from corpus.split import split
from index import Library, load_encoder
from rag import Assistant

PIECES = st.sampled_from(
    ["قسد", "عشرة آلاف مقاتل.", "حجي عبد الله", "كم؟", "ئەم هەواڵە", "پێشمەرگە", "Raqqa. ", "U.S. ",
     "10,000 ", "١٠٬٠٠٠", "\n", "\n\n", "\r\n", " ", "\u200c", "\u202e", "\u2067", "\x00", "\ud800",
     "\udfff", "😀", "👩‍👩‍👧", "e\u0301", "إِدْلِـبُ", "؟", "!", "…", "1- ", "“", "”", "<b>", "[1]",
     "ﷺ", "\ufeff", "\u2028", "\x1b[2J", "الشريط الإخباري", "إغلاق", "x" * 3000, "كلمة " * 400]
)  # fmt: skip
TEXT = st.one_of(
    st.lists(PIECES, max_size=30).map("".join),
    st.text(st.characters(), max_size=80),
)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("bundled")


@given(texts=st.lists(TEXT, min_size=1, max_size=3), question=TEXT, cleaned=st.booleans())
# Nothing but a sign before the words that answer.
@example(texts=["؟قسد\ud800"], question="؟قسد؟", cleaned=False)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_goes_through(encoder, texts, question, cleaned):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        lines = [json.dumps({"id": f"a{n}", "text": text}) for n, text in enumerate(texts)]
        path.write_text("\n".join(lines), encoding="utf-8")
        loaded = list(load_articles(path, clean=cleaned))
        assert len(loaded) == len(texts)
        articles = [item.article for item in loaded if item.article]
        library = Library.open(Path(folder) / "home", encoder, create=True)
        library.add(articles)
        for article in articles:
            stored = library.article(article.id)
            assert stored.text == article.text
            for passage in split(stored):
                assert stored.text[passage.start : passage.end] == passage.text
        assistant = Assistant(library)
        hits, _ = assistant.search(question)
        for hit in hits:
            text = library.article(hit.article.id, hit.article.version).text
            assert text[hit.passage.start : hit.passage.end] == hit.passage.text
        for asked in (question, texts[0]):
            answer = assistant.ask(asked, [question])
            json.dumps(answer.as_json(), ensure_ascii=False)
            for citation in answer.citations:
                text = library.article(citation.article.id, citation.article.version).text
                assert text[citation.start : citation.end] == citation.quote != ""
        library.close()


@given(text=TEXT.filter(lambda text: text.strip()))
@settings(max_examples=100, deadline=None)
def test_uncleaned_text_is_stored_as_it_is(text):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        path.write_text(json.dumps({"text": text}), encoding="utf-8")
        (loaded,) = load_articles(path, clean=False)
        if loaded.article:
            # Halves that meet in JSON are one character.
            read = json.loads(json.dumps(text))
            kept = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in read)
            assert loaded.article.text == kept
