"""What becomes of a model's reply: its own words with true quotes, or the articles' instead."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article
from index import Filters
from rag import Assistant
from rag.answer import Answer, Citation
from rag.citing.refusal import abstention, refusal
from rag.llm import Limits, LlmWriter, ModelError
from rag.llm.protocol import PromptTooLongError
from rag.reading import read
from rag.reading.languages import model_phrases
from tests.fakes.clock import ScriptedClock
from tests.rag.finding import best_hits

FOLDER = Path(__file__).parent / "cases"
COST = "كم بلغت كلفة ترميم سوق الخضار؟"
ARTICLES = [
    Article(
        id="market",
        title="سوق الخضار يفتح أبوابه",
        text="أُعيد فتح سوق الخضار في بلدة تل النخيل يوم الأحد.\n"
        "وقال رئيس البلدية فادي الحمصي إن كلفة الترميم بلغت 40 ألف دولار.",
        language="ar",
    ),
    Article(
        id="bridge",
        title="A bridge over the Wadi",
        text="The vegetable market lies behind a bridge of 1962. Its repair began in May 2021, "
        "😀 said the engineer.",
        language="en",
    ),
    Article(
        id="kurdish",
        title="بازاڕی سەوزە",
        text="بازاڕی سەوزە دووبارە کرایەوە. نرخی نۆژەنکردنەوە 40 هەزار دۆلار بوو.",
        language="ckb",
    ),
    Article(
        id="russian",
        title="Овощной рынок",
        text="Ремонт овощного рынка стоил 40 тысяч долларов. Рынок открылся в воскресенье.",
        language="ru",
    ),
]


def read_cases(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(case, id=case["name"]) for case in map(json.loads, lines)]


def number_of(messages, snippet):
    """Return the number that the prompt gives to the sentence with `snippet`."""
    for line in messages[-1].text.splitlines():
        if snippet in line and line.startswith("["):
            return line[1 : line.index("]")]
    raise LookupError(snippet)


def saying(*steps):
    """Return a reply whose words point to sentences by a part of them, as `{40 ألف}`."""

    def reply(messages):
        for step in steps:
            while isinstance(step, str) and "{" in step:
                before, rest = step.split("{", 1)
                snippet, after = rest.split("}", 1)
                step = before + number_of(messages, snippet) + after
            yield step

    return reply


@pytest.fixture(scope="module")
def library(make_collection):
    return make_collection(*ARTICLES)


def asked(library, model, question=COST, history=(), **options):
    assistant = Assistant(library, reader=None, llm=model, **options)
    return list(assistant.stream(question, history))


def shown(events):
    """Return the text and the citations that a reader has in the end."""
    text, citations = "", []
    for event in events:
        if event.kind == "restart":
            text, citations = "", []
        text += event.text if event.kind == "token" else ""
        citations += [event.citation] if event.kind == "citation" else []
    return text, citations


def changed(one, other):
    """Return the names of the fields that differ."""
    one, other = one.as_json(), other.as_json()
    return [name for name in one if one[name] != other[name]]


def check_whole(library, events):
    """Check what holds for every answer, and return it."""
    answer = events[-1].answer
    assert [event.kind for event in events].count("done") == 1
    text, citations = shown(events)
    assert text == answer.text
    assert [(c.n, c.article, c.start, c.end) for c in citations] == [
        (c.n, c.article, c.start, c.end) for c in answer.citations
    ]
    for citation in answer.citations:
        stored = library.article(citation.article.id, citation.article.version).text
        assert citation.quote == stored[citation.start : citation.end] != ""
        assert f"[{citation.n}]" in text
        assert answer.mode == "extractive" or citation.supports
    for statement in answer.statements:
        assert text[statement.start : statement.end].strip()
        for n in statement.citations:
            assert (statement.start, statement.end) in answer.citations[n - 1].supports
    return answer


@pytest.mark.parametrize("case", read_cases("replies.jsonl"))
def test_replies(library, case, scripted):
    model = scripted(saying(*case["reply"]))
    events = asked(library, model, case.get("question", COST))
    answer = check_whole(library, events)
    assert (answer.mode, answer.status) == (case["mode"], case["status"])
    if answer.mode == "llm":
        assert answer.text == case["text"]
        assert [c.article.id for c in answer.citations] == case["cited"]
        statements = [[answer.text[s.start : s.end], s.supported] for s in answer.statements]
        assert statements == case["statements"]
    assert (answer.notice or "") == case["notice"]
    assert ("restart" in [event.kind for event in events]) == case["restart"]


FAULTS = ["refused", "unreachable", "timeout", "quota", "silent", "broken", "missing"]


@pytest.mark.parametrize("reason", FAULTS)
@pytest.mark.parametrize("begun", [False, True], ids=["at once", "in mid-answer"])
def test_faults(library, scripted, reason, begun):
    steps = ["أُعيد فتح السوق [{أُعيد فتح}]. وقال"] if begun else []
    model = scripted(saying(*steps, ModelError(reason, "It failed.")))
    events = asked(library, model)
    answer = check_whole(library, events)
    instead = Assistant(library, reader=None).ask(COST)
    assert (answer.mode, answer.text) == ("extractive", instead.text)
    said = model_phrases("ar")
    assert answer.notice == f"{said[reason]} {said['instead']}"
    kinds = [event.kind for event in events]
    assert kinds[:2] == ["status", "status"]
    assert kinds.count("restart") == begun


def test_what_is_too_long_for_the_model_is_told_with_fewer_articles(library, scripted):
    refused = [PromptTooLongError("Too long.")]
    model = scripted(refused, refused, saying("بلغت الكلفة 40 ألف دولار [{40 ألف}]."))
    answer = check_whole(library, asked(library, model, limits=Limits(window=4_096)))
    assert (answer.mode, answer.text) == ("llm", "بلغت الكلفة 40 ألف دولار [1].")
    rooms = [len(messages) for messages in model.asked]
    assert rooms == sorted(rooms, reverse=True)
    assert rooms[-1] < rooms[0]
    assert all(COST in messages[-1].text for messages in model.asked)


def test_a_model_that_goes_round_in_circles_is_given_up(library, scripted):
    lines = [f"{number}. The market was repaired by the town.\n" for number in range(1, 40)]
    model = scripted(saying(*lines))
    answer = check_whole(library, asked(library, model))
    assert (answer.mode, answer.status) == ("extractive", "answered")
    assert answer.notice.startswith(model_phrases("ar")["broken"])
    assert (model.closed, model.ended) == (1, 0)


def test_a_list_of_like_statements_is_no_circle(library, scripted):
    towns = ("Raqqa", "Kobani", "Manbij", "Hasaka", "Qamishli", "Derik", "Amuda", "Tabqa")
    model = scripted(
        saying(*(f"The market of {town} was repaired by the town. " for town in towns))
    )
    asked(library, model)
    assert (model.closed, model.ended) == (0, 1)


def test_a_model_without_room_is_given_up(library, scripted):
    model = scripted(*[[PromptTooLongError("Too long.")]] * 9)
    answer = check_whole(library, asked(library, model))
    assert (answer.mode, answer.status) == ("extractive", "answered")
    assert answer.notice.startswith(model_phrases("ar")["broken"])
    assert 1 < len(model.asked) < 9


def test_a_saved_answer_says_what_happened(library, scripted):
    model = scripted(saying("نعم", ModelError("broken", "Reset by peer.")))
    given = asked(library, model)[-1].answer
    saved = Assistant(library).saved(given.answer_id).answer
    assert not changed(saved, given)
    assert saved.notice.startswith(model_phrases("ar")["broken"])


def test_a_written_answer_is_saved_with_its_statements(library, scripted):
    model = scripted(saying("بلغت الكلفة 40 ألف دولار [{40 ألف}]. وكان الطقس حاراً."))
    given = asked(library, model)[-1].answer
    saved = Assistant(library).saved(given.answer_id).answer
    assert not changed(saved, given)
    assert (saved.mode, len(saved.statements)) == ("llm", 2)
    body = library.answer(given.answer_id).body
    assert given.citations[0].quote not in body
    assert given.text in json.loads(body)["text"]


def test_the_citation_comes_before_the_reply_goes_on(library, scripted):
    model = scripted(saying("بلغت الكلفة 40 ألف دولار [{40 ألف}].", " وكان", " الطقس حاراً."))
    events = Assistant(library, reader=None, llm=model).stream(COST)
    citation = next(event.citation for event in events if event.kind == "citation")
    assert model.ended == 0
    ((start, end),) = citation.supports
    rest = list(events)
    assert rest[-1].answer.text[start:end] == "بلغت الكلفة 40 ألف دولار"
    assert any(event.kind == "token" for event in rest)


def test_a_reader_who_leaves_ends_the_reply(library, scripted):
    model = scripted(saying("بلغت الكلفة", " أربعين", " ألفاً"))
    events = Assistant(library, reader=None, llm=model).stream(COST)
    next(event for event in events if event.kind == "token")
    events.close()
    assert (model.closed, model.ended) == (1, 0)


def test_others_write_while_the_model_does(make_collection, scripted):
    library = make_collection(*ARTICLES)

    def reply(messages):
        yield "بلغت الكلفة 40 ألف"
        library.add([Article(id="late", text="خبر جديد وصل في هذه الأثناء.", language="ar")])
        yield " دولار [" + number_of(messages, "40 ألف") + "]."

    answer = check_whole(library, asked(library, scripted(reply)))
    assert (answer.mode, len(library)) == ("llm", len(ARTICLES) + 1)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (["أول", 121.0, "متأخر"], "timeout"),
        ([part for _ in range(20) for part in (7.0, "كلمة ")], "timeout"),
        (["كلمة " * 100] * 100, "broken"),
        ([], "silent"),
        (["  \n", " "], "silent"),
    ],
    ids=["late", "drop by drop", "endless", "empty", "blank"],
)
def test_deadlines(library, scripted, steps, reason):
    model = scripted(steps)
    answer = write(library, model, model.clock)[-1].answer
    assert (answer.mode, answer.notice.split(".")[0]) == (
        "extractive",
        model_phrases("ar")[reason].split(".")[0],
    )
    assert model.ended + model.closed == 1


def write(library, model, clock, hits=None):
    question = read(COST, library.words)
    hits = hits or best_hits(library, question, 12)
    extractive = Answer(COST, "answered", "نص", 0.7)
    writer = LlmWriter(model, library.words, Limits(), clock)
    return list(writer.write(question, hits, extractive))


PIECES = st.lists(
    st.sampled_from(
        ["بلغت الكلفة 40 ألف دولار", " The market", ". ", "\n", "[1]", "[2, 3]", "[٤]", "[99]", "[",
         "]", "[[9]1]", "(1)", "NO ANSWER", " 1890", "S2", "【3】", "3-5", "- ", "<b>", "😀",
         "[x](http://e.example)", "\u202e", "e\u0301"]
    ),
    max_size=15,
)  # fmt: skip


@given(parts=PIECES, cuts=st.lists(st.integers(1, 9), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_cuts_make_no_difference(library, scripted, parts, cuts):
    reply, pieces, at = "".join(parts), [], 0
    while at < len(reply):
        size = cuts[len(pieces) % len(cuts)]
        pieces.append(reply[at : at + size])
        at += size
    hits = best_hits(library, read(COST, library.words), 12)
    whole, cut = (
        write(library, scripted(steps), ScriptedClock(), hits) for steps in ([reply], pieces)
    )
    check_whole(library, cut)
    assert not changed(cut[-1].answer, whole[-1].answer)


def test_without_hits_no_model_is_asked(make_collection, scripted):
    model = scripted()
    answer = asked(make_collection(), model)[-1].answer
    assert (answer.status, answer.mode, model.asked) == ("abstained", "extractive", [])


def test_only_what_the_filters_let_through_is_shown_to_the_model(make_collection, scripted):
    other = Article(id="o", text="ترميم سوق الخضار كلف 9 دنانير.", outlet="X", language="ar")
    library, model = make_collection(*ARTICLES, other), scripted(["NO ANSWER"])
    list(Assistant(library, reader=None, llm=model).stream(COST, filters=Filters(outlets=("X",))))
    prompt = "\n".join(message.text for message in model.asked[0])
    assert "9 دنانير" in prompt
    assert "40 ألف" not in prompt


def test_a_refusal_points_to_what_would_have_answered(library, scripted):
    alone = Assistant(library, reader=None).ask(COST)
    answer = asked(library, scripted(["NO ANSWER"]))[-1].answer
    assert (alone.status, answer.status, answer.mode) == ("answered", "abstained", "llm")
    assert [(c.n, c.quote) for c in answer.possible] == [(1, alone.citations[0].quote)]
    assert answer.citations == ()
    assert not changed(Assistant(library).saved(answer.answer_id).answer, answer)


@pytest.mark.parametrize("sure", [True, False])
def test_a_refusal_points_only_to_what_may_answer_without_the_model(library, scripted, sure):
    question = read(COST, library.words)
    hits = best_hits(library, question, 12)
    article = ARTICLES[0]
    possible = (Citation(1, article, 0, len(article.text)),) if sure else ()
    refused = abstention(COST, hits[:3], confidence=0.2, possible=possible, unmet=("قرميد",))
    refused = replace(refused, outside=2, text=refusal(COST, possible, ("قرميد",), 2))
    model = scripted(["NO ANSWER"])
    writer = LlmWriter(model, library.words, Limits(), model.clock)
    answer = list(writer.write(question, hits, refused))[-1].answer
    assert changed(answer, refused) == ["mode"]
    assert (answer.possible, answer.unmet) == (possible, ("قرميد",))


def test_of_an_overview_nothing_is_pointed_to(library, scripted):
    question = read(COST, library.words)
    citation = Citation(1, ARTICLES[0], 0, len(ARTICLES[0].text))
    overview = Answer(COST, "answered", "نص", 0.7, (citation,), kind="overview")
    model = scripted(["NO ANSWER"])
    writer = LlmWriter(model, library.words, Limits(), model.clock)
    hits = best_hits(library, question, 12)
    assert list(writer.write(question, hits, overview))[-1].answer.possible == ()
