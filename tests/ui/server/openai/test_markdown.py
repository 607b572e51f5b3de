"""What articles and models write, as Markdown: shown as it is, and nothing of it acts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corpus.article import Article
from rag.answer import Answer, Citation, Event, Statement, tell
from ui.server.openai.markdown import Composer, escaped, seen, source_line

HOSTILE = [
    "![x](http://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "[x]: http://evil.example",
    "[x][y] ![z][y]",
    "<img src=http://evil.example/x.png>",
    "<http://evil.example>",
    "see http://evil.example/a_b*c* or www.evil.example or a@evil.example",
    "**bold** __under__ ~~gone~~ `code`",
    "&lt;b&gt; &#x5b;x&#x5d;(http://evil.example)",
    "\\[x](http://evil.example)",
    "\\",
    "| a | b |",
    "$x$",
    "[1](http://evil.example)",
    "[1]: http://evil.example",
    "[1]\u202e(http://evil.example)",
    "[1][2](http://evil.example)",
    "[١](http://evil.example)",
]
ALPHABET = st.sampled_from("ab1 [](){}<>!*_`~\\&;#:/.@$|\"'h\nضن١\u202e\u200c")
TEXTS = st.one_of(
    st.text(ALPHABET, max_size=40),
    st.lists(st.sampled_from([*HOSTILE, "[1]", " ", "http", "s://", "www", "."])).map("".join),
)
# Tokens within a line that show words and do nothing.
PLAIN = {"text", "text_special", "softbreak", "hardbreak"}


def rendered(markdown):
    """Return the words of a line as a reader sees them, and the kinds of its tokens."""
    (block,) = (t for t in MarkdownIt("gfm-like", {"linkify": False}).parseInline(markdown))
    words = "".join("\n" if "break" in t.type else t.content for t in block.children)
    return words, {token.type for token in block.children}


def article(**fields):
    text = fields.pop("text", "The market reopened on Sunday. Four shops were open.")
    return Article(fields.pop("id", "a"), text, version=1, language="en", **fields)


def test_lines_stay_apart_whatever_breaks_them():
    assert seen("one\vtwo\x85three\x1cfour\u2028five\r\nsix").split("\n") == [
        "one", "two", "three", "four", "five", "six"
    ]  # fmt: skip


def test_a_message_keeps_what_writing_needs_and_nothing_else_unseen():
    kept = "می\u200cشود\t\U0001f468\u200d\U0001f33e\u2764\ufe0f"
    assert seen(f"\ufff9{kept}\ufffb\u206a\u00ad\U000e0041") == kept


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_acts(text):
    words, kinds = rendered(escaped(seen(text)))
    assert kinds <= PLAIN
    assert words == seen(text)


@given(TEXTS)
def test_whatever_is_written_is_shown_as_it_is(text):
    words, kinds = rendered(escaped(seen(text)))
    assert kinds <= PLAIN
    # Markdown drops white space at the ends of lines.
    assert words.split() == seen(text).split()


@given(TEXTS, st.lists(st.integers(0, 60)))
def test_nothing_acts_wherever_a_stream_is_cut(text, cuts):
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    events = [Event("token", text[start:end]) for start, end in pairwise(places)]
    markdown, _ = composed(events)
    words, kinds = rendered(markdown)
    assert kinds <= PLAIN
    assert words.split() == seen(text).split()


@given(TEXTS, TEXTS, TEXTS)
def test_no_field_of_a_source_acts(title, outlet, name):
    named = article(id=name + "x", title=title, outlet=outlet)
    line = source_line([Citation(1, named, 0, 5)], ["http://a.example/"])
    assert "\n" not in line
    assert "\u202e" not in line
    head, link, end = line.rpartition(": <http://a.example/>")
    assert (bool(link), end) == (True, "")
    words, kinds = rendered(head)
    assert kinds <= PLAIN
    assert words.startswith("- [1] ")


def composed(events, **options):
    composer = Composer(lambda citation: f"http://a.example/{citation.n}", **options)
    pieces = [piece for event in events for piece in composer.pieces(event)]
    text = "".join(piece.text for piece in pieces)
    return text, [(p.citation.n, text[p.start : p.end]) for p in pieces if p.citation]


def cited(**fields):
    at = article()
    return {
        "question": "When?", "status": "answered", "text": "On Sunday [1], four shops [2].",
        "confidence": 0.9, "citations": (Citation(1, at, 0, 30), Citation(2, at, 31, 52)),
        **fields,
    }  # fmt: skip


def test_markers_stay_and_are_where_citations_say():
    text, marked = composed(tell(Answer(**cited())))
    assert text.startswith("On Sunday [1], four shops [2].\n\n- [1] [2] a: <http://a.")
    assert marked == [(1, "[1]"), (2, "[2]")]


def test_an_answer_that_begins_anew_follows_its_notice():
    answer = Answer(**cited(notice="The model *went*."))
    begun = [
        Event("status", "writing"),
        Event("token", "It was Monday "),
        Event("token", "[1]"),
        Event("citation", citation=answer.citations[1]),
        Event("restart"),
    ]
    begun[3] = Event("citation", citation=answer.citations[0])
    text, marked = composed([*begun, *tell(answer)])
    assert text.startswith(
        "It was Monday [1]\n\nThe model \\*went\\*.\n\nOn Sunday [1], four shops [2].\n\n- [1]"
    )
    assert text.count("went") == text.count("On Sunday") == 1
    assert marked == [(1, "[1]"), (1, "[1]"), (2, "[2]")]


def test_a_notice_is_told_with_or_without_sources():
    answer = Answer("?", "abstained", "The articles do not say.", 0.0, notice="Add articles.")
    for sources in (True, False):
        text, _ = composed(tell(answer), sources=sources)
        assert text == "The articles do not say.\n\nAdd articles."


@pytest.mark.parametrize(
    ("question", "unfound", "uncited"),
    [
        ("When?", "not found in the sources", "without a source"),
        ("متى أعيد فتح السوق؟", "غير موجود في المصادر", "بلا مصدر"),
    ],
)
def test_what_is_not_supported_is_marked(question, unfound, uncited):
    statements = (
        Statement(0, 2, (1,), supported=True),
        Statement(15, 25, (2,), supported=False, missing=("*four*", "7")),
        Statement(3, 9, (), supported=False),
    )
    answer = Answer(**cited(question=question, mode="llm", statements=statements))
    text, _ = composed(tell(answer), sources=False)
    body, doubts = text.split("\n\n")
    assert body == answer.text
    assert doubts == f"- “four shops”: {unfound} (\\*four\\*, 7)\n- “Sunday”: {uncited}"


def test_what_may_answer_is_quoted_and_linked():
    held = article(title="Market")
    maybe = Citation(1, held, 0, 30)
    answer = Answer("?", "abstained", "It may be here:", 0.5, possible=(maybe,))
    composer = Composer(lambda _: "http://127.0.0.1/articles/a")
    told = "".join(p.text for event in tell(answer) for p in composer.pieces(event))
    assert told.split("\n\n") == [
        "It may be here:",
        "> The market reopened on Sunday.",
        "- Market: <http://127.0.0.1/articles/a>",
    ]


def test_an_article_cited_twice_is_one_source_with_both_places():
    one, other = article(title="Market"), article(id="b", title="Bridge")
    places = ((one, 0, 30), (other, 0, 30), (one, 31, 52))
    citations = tuple(Citation(n, *place) for n, place in enumerate(places, 1))
    answer = Answer("When?", "answered", "a [1] b [2] c [3]", 0.9, citations)
    text, _ = composed(tell(answer))
    assert text.split("\n\n")[1].split("\n") == [
        "- [1] [3] Market: <http://a.example/1> <http://a.example/3>",
        "- [2] Bridge: <http://a.example/2>",
    ]


def said(text, focus, marks="“”"):
    held = article(text=text)
    answer = Citation(1, held, 0, len(text), focus=focus)
    return Answer("?", "answered", f"It says: {marks[0]}{text}{marks[1]} [1]", 0.9, (answer,))


@pytest.mark.parametrize("marks", ["“”", "«»", "„“"])
def test_the_words_that_answer_are_bold(marks):
    text, marked = composed(tell(said("It cost 4 dollars.", (8, 17), marks)), sources=False)
    assert text == f"It says: {marks[0]}It cost **4 dollars**.{marks[1]} [1]"
    assert marked == [(1, "[1]")]
    maybe = Citation(1, article(text="في عام 2017 أُعيد\nالبناء."), 0, 25, focus=(7, 11))
    possible = Answer("?", "abstained", "Maybe:", 0.5, possible=(maybe,))
    text, _ = composed(tell(possible), sources=False)
    assert text == "Maybe:\n\n> في عام **2017** أُعيد البناء."


@pytest.mark.parametrize("words", ["$4", "4*", "*4", "4_", " 4", "4\n5", "(4)"])
def test_words_that_could_act_are_not_made_bold(words):
    text, _ = composed(tell(said(f"It cost {words} now.", (8, 8 + len(words)))), sources=False)
    assert "**" not in text.replace("\\*", "")


@given(TEXTS.filter(bool), st.data())
def test_bold_words_are_those_that_answer_and_nothing_else_acts(text, data):
    first = data.draw(st.integers(0, len(text) - 1))
    focus = (first, data.draw(st.integers(first + 1, len(text))))
    markdown, _ = composed(tell(said(text, focus)), sources=False)
    words, kinds = rendered(markdown)
    assert kinds <= PLAIN | {"strong_open", "strong_close"}
    assert words.split() == seen(f"It says: “{text}” [1]").split()
    (block,) = MarkdownIt("gfm-like", {"linkify": False}).parseInline(markdown)
    inside, bold = False, ""
    for token in block.children:
        inside = token.type == "strong_open" or (inside and token.type != "strong_close")
        bold += token.content if inside else ""
    assert bold in ("", seen(text[slice(*focus)]))


def test_what_a_model_writes_is_sent_as_it_comes():
    composer = Composer(lambda _: "")
    events = [Event("status", "writing"), Event("token", "He said “yes” ")]
    assert [p.text for e in events for p in composer.pieces(e)] == ["He said “yes” "]


def test_a_number_in_brackets_within_a_sentence_is_no_marker():
    """Pages that number their notes: the sentence keeps them, and they point to nothing of ours."""
    text = "The camp [2] was shut [1]. All left."
    place = Article("a", text, "A title", "Outlet")
    one, two = Citation(1, place, 0, 26), Citation(2, place, 27, 36)
    answer = Answer("Q", "answered", f"“{one.quote}” [1]\n“{two.quote}” [2]", 0.9, [one, two])
    events = list(tell(answer))
    assert [e.citation.n for e in events if e.citation] == [1, 2]
    assert "".join(e.text for e in events if e.kind == "token") == answer.text
    before = [e.text for e in events[: events.index(Event("citation", citation=two))]]
    assert before[-1] == "[2]"
    message, markers = composed(events, sources=False)
    assert markers == [(1, "[1]"), (2, "[2]")]
    assert r"camp \[2\] was shut \[1\]." in message
    assert message.endswith("” [2]")
