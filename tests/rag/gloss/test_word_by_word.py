"""A gloss covers the words of a text, each once, and nothing it says is taken from nowhere."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import load_articles
from corpus.errors import DalilError, InputError
from corpus.text.words import words
from index import load_encoder
from rag.gloss import DIRECTIONS, gloss
from rag.gloss.dictionary import BUNDLED, Dictionary

ROOT = Path(__file__).parents[3]
MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from("والبلكسفمنرةىءأإآؤئيه ًّـ0123٤٥٦٧,.٫٬/-،؟\n"), st.characters(codec="utf-16")
    ),
    max_size=60,
)


def check(text, glossed):
    found = list(words(text))
    starts, ends = {w.start for w in found}, {w.end for w in found}
    assert all(each.start in starts and each.end in ends for each in glossed)
    last = 0
    for each in glossed:
        # What lies between two glosses holds no word.
        assert not any(last <= word.start < each.start for word in found)
        assert last <= each.start < each.end
        assert len(each.words) <= 2
        last = each.end
    assert not any(word.start >= last for word in found)


@settings(max_examples=200, deadline=None)
@given(MIXED)
def test_spans_cover_the_words_of_any_text_exactly(text):
    check(text, gloss(text, "ar", "en"))


def test_spans_cover_the_words_of_the_demo_articles_with_the_table():
    table = load_encoder("bundled")
    loaded = [one.article for one in load_articles(ROOT / "corpus" / "demo")]
    articles = [article for article in loaded if article.language == "ar"]
    assert len(articles) > 5
    for article in articles[:6]:
        check(article.text, gloss(article.text, "ar", "en", table))


def test_text_that_looks_like_markup_stays_text():
    text = "قال <script>alert(1)</script> \u202e\x1b[2J"
    said = [word for each in gloss(text, "ar", "en") for word in each.words]
    assert said == ["said", "script", "alert", "1", "script", "2", "J"]


def test_an_unknown_word_is_marked():
    [only] = gloss("كزغفنطو", "ar", "en")
    assert only.kind == "sound"
    assert str(only).startswith("~")


def test_a_name_of_the_glossary_is_said_in_english():
    glossed = gloss("قالت قوات سوريا الديمقراطية ووحدات حماية الشعب", "ar", "en")
    assert [each.words[0] for each in glossed if each.kind == "name"] == ["SDF", "YPG"]


def test_the_table_chooses_by_what_stands_around():
    table = load_encoder("bundled")
    [alone] = [g for g in gloss("وصل الفريق", "ar", "en", table) if g.kind == "word"][-1:]
    assert alone.words[0] in ("team", "group")


def test_a_language_without_a_dictionary_is_refused():
    assert ("tr", "en") not in DIRECTIONS
    with pytest.raises(InputError, match="ar to en"):
        gloss("merhaba", "tr", "en")


def test_what_is_shipped_is_small_and_described():
    size = sum(path.stat().st_size for path in BUNDLED.iterdir())
    assert size < 6_000_000
    card = (BUNDLED / "README.md").read_text(encoding="utf-8")
    assert all(path.name in card for path in BUNDLED.iterdir() if path.suffix == ".gz")


def test_learnt_meanings_can_be_left_out():
    assert not Dictionary(learnt=False).count("قال")
    assert Dictionary().count("قال") > 100


def test_a_damaged_dictionary_is_told(tmp_path):
    (tmp_path / "dictionary.tsv.gz").write_bytes(b"no gzip")
    with pytest.raises(DalilError, match="install Dalil again"):
        Dictionary(tmp_path)
