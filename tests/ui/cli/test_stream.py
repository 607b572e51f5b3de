"""`dalil ask --llm`: what is printed while a model writes, and after it."""

import io
import json
import os

import pytest
from rich.console import Console

from corpus.article import Article
from rag.answer import Answer, Citation, Event, Statement
from tests.fakes.model_server import Reply, closed_address
from ui.cli.stream import Flow, show_events

ARTICLE = Article("a", "أغلق السوق. ويفتح الأحد.", title="السوق", language="ar")
TEXT = "The market closed [1]. Rami did it."
ANSWER = Answer(
    "q", "answered", TEXT, 0.8, (Citation(1, ARTICLE, 0, 11, (), ((0, 17),)),), mode="llm",
    notice="One statement is marked.", answer_id="id-1",
    statements=(Statement(0, 17, (1,), True), Statement(23, 35, (1,), False, ("Rami",))),
)  # fmt: skip


def printed(events, width=60):
    console = Console(file=io.StringIO(), width=width)
    show_events(console, events)
    return console.file.getvalue()


def test_words_are_printed_as_they_come():
    console = Console(file=io.StringIO(), width=60)
    seen = []

    def events():
        for token in ("The mar", "ket closed ", "[1]."):
            yield Event("token", token)
            seen.append(console.file.getvalue())
        yield Event("done", answer=ANSWER)

    show_events(console, events())
    assert [text.strip("\u2066\u2069\n") for text in seen] == [
        "The ", "The market closed ", "The market closed ",
    ]  # fmt: skip


def test_quotes_follow_and_what_they_do_not_hold_is_told():
    shown = printed([Event("token", TEXT), Event("done", answer=ANSWER)])
    text, _, rest = shown.partition("\n")
    assert text == f"\u2066{TEXT}\u2069"
    assert "Not found in the sources (\u2068Rami\u2069): \u2068Rami did it.\u2069" in rest
    assert "\u2068أغلق السوق.\u2069" in rest
    assert "One statement is marked." in rest
    assert "answer id-1" in rest


def test_what_has_no_citation_is_said_to_have_no_source():
    alone = Answer("q", "answered", "So.", 0.8, mode="llm",
                   statements=(Statement(0, 3, (), False),))  # fmt: skip
    assert "Without a source: \u2068So.\u2069" in printed([Event("done", answer=alone)])


def test_a_restart_is_told():
    shown = printed([
        Event("token", "Half a"), Event("restart"), Event("token", "The articles do not say."),
        Event("done", answer=Answer("q", "abstained", "The articles do not say.", 0.1)),
    ])  # fmt: skip
    before, _, after = shown.partition("begins anew")
    assert "Half a" in before
    assert "The articles do not say." in after


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "أُغلق السوق صباح الأحد ثم فُتح",
            ["\u2067أُغلق السوق صباح \u2069", "\u2067الأحد ثم فُتح\u2069"],
        ),
        ("ܛܒܐ ܡܢ ܡܕܝܢܬܐ", ["\u2067ܛܒܐ ܡܢ ܡܕܝܢܬܐ\u2069"]),
        ("12: نعم", ["\u206812: نعم\u2069"]),
        ("one\n\nسطر", ["\u2066one\u2069", "", "\u2067سطر\u2069"]),
        ("a\x1b[2J\u202eb", ["\u2066a\ufffd[2J\ufffdb\u2069"]),
    ],
)
def test_lines_have_the_direction_of_their_text_wherever_it_is_cut(text, lines):
    for size in (1, 2, 5, len(text)):
        console = Console(file=io.StringIO(), width=21)
        flow = Flow(console)
        for start in range(0, len(text), size):
            flow.feed(text[start : start + size])
        flow.finish()
        assert console.file.getvalue() == "".join(f"{line}\n" for line in lines)


@pytest.fixture
def market(tmp_path, dalil):
    (tmp_path / "market.txt").write_text(ARTICLE.text, encoding="utf-8")
    assert dalil("add", tmp_path / "market.txt").code == 0
    return dalil


def model_at(address):
    return os.environ | {"DALIL_LLM": "openai:scripted", "DALIL_LLM_BASE_URL": address}


def test_the_command_asks_the_model_that_the_settings_name(market, model_server):
    server = model_server([Reply("The market was closed [1]. It opens on Sunday [2].")])
    env = model_at(server.url("openai"))
    done = market("ask", "When does the market open?", env=env)
    assert done.code == 0, done.err
    assert "The market was closed [1]." in done.out
    assert "ويفتح الأحد." in done.out
    given = json.loads(market("ask", "When does the market open?", "--json", env=env).out)
    assert given["mode"] == "llm"
    assert [c["quote"] for c in given["citations"]] == ["أغلق السوق.", "ويفتح الأحد."]
    # To search needs no model.
    server.close()
    assert market("search", "When does the market open?", env=env).code == 0
    gone = json.loads(market("ask", "متى يفتح السوق؟", "--json", env=env).out)
    assert (gone["mode"], gone["statements"]) == ("extractive", [])
    assert gone["notice"]


def test_quotes_are_translated_beside_their_words(market, model_server):
    def reply(messages):
        asked = messages[0]["content"]
        told = "The market \x1b[2Jwas closed." if "translate" in asked else "It was closed [1]."
        return Reply(told)

    env = model_at(model_server(reply).url("openai"))
    question = ("ask", "When was the market closed?", "--gloss")
    shown = market(*question, env=env).out
    words, _, translation = shown.partition("Machine translation by \u2068openai:scripted\u2069")
    assert "Word for word, by dictionary" in words
    assert "The market [2Jwas closed." in translation
    assert "\x1b[2J" not in shown
    (told,) = json.loads(market(*question, "--json", env=env).out)["translations"]
    assert (told["into"], told["model"]) == ("en", "openai:scripted")
    plain = json.loads(market("ask", "When was the market closed?", "--json", env=env).out)
    assert "translations" not in plain


def test_a_model_that_cannot_be_had_is_told_in_a_sentence(market, tmp_path):
    env = model_at(closed_address()) | {"DALIL_LLM_KEY_FILE": str(tmp_path / "none")}
    for command in (["ask", "q"], ["serve", "--port", "0"]):
        done = market(*command, env=env)
        assert (done.code, "key file" in done.err, "Traceback" in done.err) == (1, True, False)
    told = json.loads(market("doctor", "--json", env=env).out)
    assert any("key file" in fault for fault in told["faults"])
    assert (told["llm"], told["sent_to"]) == ("openai:scripted", None)
