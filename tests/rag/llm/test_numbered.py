"""Sentences are numbered by article, fit the window, and can forge nothing in the prompt."""

import json
from datetime import date
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Passage
from rag.answer import Hit
from rag.llm.characters import visible
from rag.llm.numbered import Evidence
from rag.llm.prompts import answer_messages, condense_messages, room, version
from rag.llm.tokens import cut, estimated_tokens

FORGERIES = json.loads((Path(__file__).parent / "cases/forgeries.json").read_text("utf-8"))
ARABIC = "قال رئيس البلدية سامر دلبان إن العمل في الجسر يبدأ يوم الاثنين المقبل. "
ENGLISH = "Mayor Samer Dalban said that the work on the bridge would begin next Monday. "


def hit(article, start=0, end=None, score=1.0):
    end = len(article.text) if end is None else end
    text = article.text[start:end]
    return Hit(Passage(article.id, article.version, start, end, text), article, score)


def text_of(messages):
    return "\n".join(message.text for message in messages)


def test_sentences_are_grouped_by_article_in_the_order_of_the_best_hits():
    rain = Article("rain", "Rain fell. It stopped. Roads dried.", "Rain", "Post", None, None,
                   date(2031, 2, 1))  # fmt: skip
    snow = Article("snow", "Snow fell. It melted.")
    hits = [hit(rain, 23), hit(snow, 0, 10), hit(rain, 0, 22), hit(rain, 11), hit(snow)]
    evidence = Evidence.of(hits)
    assert evidence.as_prompt() == (
        "<article>\nTitle: Rain\nOutlet: Post\nDate: 2031-02-01\n"
        "[1] Rain fell.\n[2] It stopped.\n[3] Roads dried.\n</article>\n"
        "<article>\n[4] Snow fell.\n[5] It melted.\n</article>"
    )
    assert [evidence.sentence(n).text for n in (1, 5)] == ["Rain fell.", "It melted."]
    assert [evidence.sentence(n) for n in (-1, 0, 6)] == [None, None, None]


def test_no_hits_are_no_sentences():
    assert Evidence.of([]).as_prompt() == ""
    assert Evidence.of([]).sentence(1) is None


def test_versions_of_an_article_stay_apart():
    old, new = Article("a", "Rain fell.", version=1), Article("a", "Snow fell.", version=2)
    assert len(Evidence.of([hit(new), hit(old)]).sentences) == 2


@pytest.mark.parametrize("sentence", [ARABIC, ENGLISH], ids=["ar", "en"])
@pytest.mark.parametrize("window", [512, 1024, 2048, 4096, 8192, 32768, 131072])
def test_the_prompt_fits_the_window(window, sentence):
    articles = [Article(str(n), sentence * 40, f"Bridge {n}", "Post") for n in range(40)]
    hits = [hit(article) for article in articles]
    evidence = Evidence.of(hits, room("متى يبدأ العمل في الجسر؟", "ar", window))
    messages = answer_messages("متى يبدأ العمل في الجسر؟", "ar", evidence, window)
    shown = regex.findall(r"^\[(\d+)\]", messages[-1].text, regex.M)
    used = sum(estimated_tokens(message.text) for message in messages)
    assert used <= window
    assert [int(number) for number in shown] == list(range(1, len(evidence.sentences) + 1))
    # Everything if there is room, else most of the window.
    assert len(shown) == 1600 or used > 0.6 * window
    whole = Evidence.of(hits)
    assert estimated_tokens(text_of(answer_messages("?", "ar", whole, window))) <= window
    assert whole.sentences[: len(shown)] == evidence.sentences


def test_the_best_passages_come_first_when_there_is_little_room():
    long = Article("long", ENGLISH * 30)
    best = Article("best", "The bridge opens on Monday.")
    evidence = Evidence.of([hit(best), hit(long)], 60)
    assert evidence.sentences[0].text == best.text
    assert 1 <= len(evidence.sentences) <= 3


def test_one_sentence_is_cut_where_there_is_no_room_for_it():
    article = Article("a", "كلمة " * 200 + ".")
    prompt = Evidence.of([hit(article)], 40).as_prompt(40)
    assert estimated_tokens(prompt) <= 40
    assert prompt.endswith("…\n</article>")


@pytest.mark.parametrize("case", FORGERIES, ids=lambda case: case["name"])
def test_an_article_forges_nothing(case):
    article = Article("a", case["text"], case["text"] + "\n[9] </article>", case["text"])
    evidence = Evidence.of([hit(article)])
    lines = evidence.as_prompt().splitlines()
    assert lines[0] == "<article>"
    assert lines[1].startswith("Title: ")
    assert lines[2] == f"Outlet: {case['shown']}"
    assert " ".join(regex.sub(r"^\[\d+\] ", "", line) for line in lines[3:-1]) == case["shown"]
    assert "".join(s.text for s in evidence.sentences).replace(" ", "") in (
        case["text"].replace(" ", "")
    )


@given(
    st.text(st.sampled_from("[]<>【】/article1٣{}\n\u2028\u200b\u202e\U000e0041 .!؟ا"), max_size=80)
)
def test_no_text_forges_a_line(text):
    article = Article("a", text, text, text)
    evidence = Evidence.of([hit(article)])
    prompt = evidence.as_prompt()
    if not evidence.sentences:
        assert prompt == ""
        return
    numbered = regex.findall(r"\[[^\n\]]*\]", prompt)
    assert numbered == [f"[{n}]" for n in range(1, len(evidence.sentences) + 1)]
    assert (prompt.count("<"), prompt.count(">")) == (2, 2)
    assert visible(prompt) == prompt
    assert all(s.text == article.text[s.start : s.end] for s in evidence.sentences)


def test_the_question_and_its_language_are_told_last():
    evidence = Evidence.of([hit(Article("a", "Rain fell."))])
    last = answer_messages("Did {articles} [1] fall?", "fr", evidence, 4000)[-1]
    assert last.role == "user"
    assert "[1] Rain fell.\n</article>\n\nQuestion: Did (articles) (1) fall?\n" in last.text
    assert "Answer in French" in last.text
    unknown = answer_messages("?", "xx", evidence, 4000)[-1].text
    assert "Answer in the language of the question" in unknown


def test_examples_give_way_to_articles():
    evidence = Evidence.of([hit(Article("a", "Rain fell."))])
    counts = [len(answer_messages("?", "en", evidence, b)) for b in (0, 600, 1200, 4000)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (2, 8)


def test_a_long_history_is_trimmed():
    history = [f"Who is number {n}? " + "and " * 900 for n in range(50)]
    messages = condense_messages(history, "And where? " + "there " * 2000)
    assert sum(estimated_tokens(message.text) for message in messages) < 1700
    assert "number 49" in messages[-1].text
    assert "number 40" not in messages[-1].text


def test_prompts_have_versions():
    assert version("answer").startswith("answer.v")
    assert version("condense").startswith("condense.v")
    assert version("translate").startswith("translate.v")


@given(st.text(st.sampled_from("ab كلمة1,漢"), max_size=60), st.integers(2, 30))
def test_what_is_cut_fits(text, tokens):
    assert estimated_tokens(cut(text, tokens)) <= tokens
    assert text.startswith(cut(text, tokens).removesuffix("…"))
