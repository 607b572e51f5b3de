"""What the terminal shows is text, whatever the article holds."""

import io

import pytest
import regex
from rich.console import Console

from corpus.article import Article, Passage
from rag.answer import Answer, Citation, Hit
from rag.gloss import gloss
from rag.llm.translate import Translation
from ui.cli.terminal import show_answer, show_glosses, show_other_words, visible
from ui.glosses import QuoteGloss
from ui.translations import InOtherWords, QuoteTranslation


def shown(answer):
    console = Console(file=io.StringIO(), width=100)
    show_answer(console, answer)
    return console.file.getvalue()


def answer(article, start, end):
    citations = (Citation(1, article, start, end),)
    return Answer("q", "answered", f"Say: “{citations[0].quote}” [1]", 0.9, citations)


def test_escape_sequences_and_markup_stay_text():
    text = "Prices [red]rose[/red] \x1b[31m\x1b]0;title\x07 by 5%."
    printed = shown(answer(Article("a", text, title="\x1b[2Jtitle"), 0, len(text)))
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert "[red]rose[/red]" in printed


def test_direction_overrides_cannot_spoof():
    assert "\u202e" not in visible("abc\u202edef")
    assert visible("abc\u202edef").startswith("\u2068abc")


def test_each_line_is_isolated():
    assert visible("سطر\n\nline") == "\u2068سطر\u2069\n\n\u2068line\u2069"


def test_a_line_break_that_is_no_line_feed_cannot_end_an_isolate():
    assert visible("a\u2029b\rc\u2028d\x85e") == "\u2068a\ufffdb\ufffdc\ufffdd\ufffde\u2069"


def test_what_does_nothing_in_a_terminal_is_printed_as_it_was_stored():
    text = "می\u200cشود so\u00adft \u200b\u200f\t\U0001f468\u200d\U0001f33e"
    assert visible(text) == f"\u2068{text}\u2069"


@pytest.mark.parametrize("text", ["خبر من الحسكة.", "ידיעה מהעיר.", "ܛܒܐ ܡܢ ܡܕܝܢܬܐ."])
def test_a_text_from_right_to_left_stands_at_the_right(text):
    lines = shown(answer(Article("a", text), 0, len(text))).split("\n")
    quoted = next(line for line in lines if text in line)
    assert quoted.index("\u2068") > 50


def test_abstention_calls_related_passages_no_evidence():
    article = Article("a", "نص الخبر.", title="عنوان")
    hit = Hit(Passage("a", 1, 0, 9, article.text), article, 0.5)
    printed = shown(Answer("q", "abstained", "The articles do not say.", 0.1, (), (hit,)))
    assert "not evidence" in printed
    assert "عنوان" in printed
    assert "نص الخبر." in printed


def test_what_may_answer_is_printed_with_where_it_stands():
    article = Article("a", "Rain fell. نص الخبر هنا.", title="عنوان")
    maybe = Citation(1, article, 11, 24, focus=(14, 19))
    printed = shown(Answer("q", "abstained", "It may be here:", 0.5, possible=(maybe,)))
    assert "It may be here:" in printed
    assert "\u2068نص الخبر هنا.\u2069" in printed
    assert "عنوان" in printed
    assert "a v1, 11-24" in printed
    assert "[1]" not in printed, "a number would make a citation of it"


def test_words_that_answer_are_bold_across_lines():
    text = "Workers rebuilt the bridge " * 4 + "in twelve long months of rain."
    start = text.index("twelve")
    focus = (start, start + len("twelve long months"))
    citation = Citation(1, Article("a", text), 0, len(text), focus=focus)
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system="standard")
    show_answer(console, Answer("q", "answered", f"Say: “{text}” [1]", 0.9, (citation,)))
    bold = regex.findall(r"\x1b\[1;32m([^\x1b]*)", console.file.getvalue())
    assert " ".join("".join(bold).split()) in ("twelve long months", "twelve longmonths")
    assert "\u2068" not in "".join(bold)


def test_an_article_cited_twice_is_named_once():
    article = Article("a", "One fell. Two rose.", title="Prices")
    citations = (Citation(1, article, 0, 9), Citation(2, article, 10, 19))
    text = "Say: “One fell.” [1]\nAlso: “Two rose.” [2]"
    printed = shown(Answer("q", "answered", text, 0.9, citations))
    assert printed.count("Prices") == 1
    assert "[1] [2] \u2068Prices\u2069" in printed
    assert "a v1, 0-9" in printed
    assert "a v1, 10-19" in printed


def test_what_is_said_of_the_library_is_shown_without_a_confidence():
    text = "Articles in this library: 5."
    told = Answer("q", "answered", text, 1.0, answer_id="a1", kind="about", lead=text)
    printed = shown(told)
    assert text in printed
    assert "answer a1" in printed
    assert "confidence" not in printed


def test_words_of_a_quote_stand_before_what_they_mean():
    text = "قُتل ثلاثة \x1b[31m في المدينة"
    article = Article("a", text, language="ar")
    words = gloss(text, "ar", "en")
    console = Console(file=io.StringIO(), width=100)
    show_glosses(console, [QuoteGloss(article, 0, len(text), "ar", "en", words, 1)])
    printed = console.file.getvalue()
    assert "[1] Word for word, by dictionary: not a translation" in printed
    assert "\u2068ثلاثة\u2069 \u20683\u2069" in printed
    assert "\x1b" not in printed


def test_no_quote_in_another_language_prints_nothing():
    console = Console(file=io.StringIO(), width=100)
    show_glosses(console, [])
    assert console.file.getvalue() == ""


def test_a_translation_names_its_model_and_what_differs():
    text = "قُتل ثلاثة في 3 أيار"
    made = Translation("Four were killed \u202eon\u202c 3 May.", "m:x", ("ثلاثة",), ("Four",))
    translation = QuoteTranslation(Article("a", text), 0, len(text), "en", made, 2)
    console = Console(file=io.StringIO(), width=100)
    show_other_words(console, InOtherWords((), [translation]))
    printed = console.file.getvalue()
    assert "[2] Machine translation by \u2068m:x\u2069: not the article's words" in printed
    assert "Only in the quote, not in the translation: \u2068ثلاثة\u2069" in printed
    assert "Only in the translation, not in the quote: \u2068Four\u2069" in printed
    assert "\u202e" not in printed
