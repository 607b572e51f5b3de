"""SQuAD's format to articles and cases: spans, joins, impossible questions, samples."""

import json

import pytest

from corpus.errors import DalilError
from eval.cases.case import Evidence, place
from eval.sources.squad import squad_cases


@pytest.fixture
def write(tmp_path):
    """Write articles, each a title with paragraphs, as a SQuAD file."""

    def save(name, *articles):
        path = tmp_path / name
        data = [{"title": title, "paragraphs": paragraphs} for title, paragraphs in articles]
        path.write_text(json.dumps({"data": data}, ensure_ascii=False), encoding="utf-8")
        return path

    return save


def paragraph(text, key, question, *answers, **more):
    golds = [
        {"text": answer, "answer_start": text.find(answer) if start is None else start}
        for answer, start in answers
    ]
    return {"context": text, "qas": [{"id": key, "question": question, "answers": golds, **more}]}


FERRY = paragraph("تغادر العبّارة أرواد في السادسة.", "1", "متى تغادر العبّارة؟", ("السادسة", None))
FROST = paragraph("خسر البستان زيتونه بسبب الصقيع.", "2", "ما الذي أتلف الزيتون؟", ("الصقيع", None))
CLOCKS = paragraph("Salma repairs clocks.", "3", "Who repairs clocks?", ("Salma", None))


def test_an_article_holds_its_paragraphs_and_the_spans_move_with_them(write):
    path = write("small.json", ("Arwad_%26_Tartus", [FERRY, FROST]), ("Clocks", [CLOCKS]))
    source = squad_cases(path)
    first, second = source.articles
    assert first.text == f"{FERRY['context']}\n\n{FROST['context']}"
    assert (first.id, first.title, first.language) == ("small-1", "Arwad & Tartus", "ar")
    assert (second.id, second.title, second.language) == ("small-2", "Clocks", "en")
    assert [case.id for case in source.cases] == ["small-1", "small-2", "small-3"]
    frost = source.cases[1]
    assert (frost.language, frost.answerable, frost.answers) == ("ar", True, ("الصقيع",))
    placed = place(source.cases, iter(source.articles))
    spans = [case.facts[0].spans[0] for case in placed]
    texts = {article.id: article.text for article in source.articles}
    quoted = [texts[span.article_id][span.start : span.end] for span in spans]
    assert quoted == ["السادسة", "الصقيع", "Salma"]
    assert spans[1].start == len(FERRY["context"]) + 2 + FROST["context"].index("الصقيع")


def test_all_answers_of_a_question_are_one_fact(write):
    text = "The ferry leaves at six, at six sharp."
    asked = paragraph(text, "a", "When?", ("six", None), ("at six", None), ("six", None))
    (case,) = squad_cases(write("two.json", ("t", [asked]))).cases
    assert case.evidence == (
        Evidence(article="two-1", quote="six", start=20, fact="answer"),
        Evidence(article="two-1", quote="at six", start=17, fact="answer"),
    )
    assert case.answers == ("six", "at six")


def test_offsets_that_do_not_hold_are_looked_for(write):
    text = "six ships, six sails"
    near = paragraph(text, "near", "How many?", ("six", 9))
    gone = paragraph(text, "gone", "How many sails?", ("half a dozen", 3))
    unsaid = {
        "context": text,
        "qas": [{"id": "x", "question": "What?", "answers": [{"text": "sails"}]}],
    }
    cases = squad_cases(write("offsets.json", ("t", [near, gone, unsaid]))).cases
    assert cases[0].evidence == (Evidence(article="offsets-1", quote="six", start=11),)
    assert (cases[1].evidence, cases[1].answers) == ((), ("half a dozen",))
    assert cases[1].answerable
    assert cases[2].evidence[0].start == 2 * (len(text) + 2) + text.index("sails")


def test_impossible_questions_have_no_answer_and_unanswered_ones_are_unjudged(write):
    plausible = [{"text": "Salma", "answer_start": 0}]
    impossible = paragraph(
        "Salma repairs clocks.", "no", "Who sells clocks?", ("Salma", None), is_impossible=True
    )
    impossible["qas"][0]["plausible_answers"] = plausible
    unanswered = paragraph("Salma repairs clocks.", "open", "Why clocks?")
    cases = squad_cases(write("squad2.json", ("t", [impossible, unanswered]))).cases
    assert [(c.answerable, c.evidence, c.answers) for c in cases] == [
        (False, (), ()),
        (None, (), ()),
    ]


def test_questions_of_one_language_are_asked_of_passages_in_another(pair):
    source = squad_cases(pair.arabic, pair.english)
    assert [case.question for case in source.cases] == pair.questions
    case = source.cases[0]
    assert (case.id, case.language) == ("en-ar-ferry-when", "en")
    assert case.answers == ("في السادسة", "at six")
    assert [evidence.quote for evidence in case.evidence] == ["في السادسة"]
    assert source.articles[0].language == "ar"
    assert squad_cases(pair.arabic, pair.english, language="fr").cases[0].language == "fr"


def test_only_what_is_asked_becomes_a_case(write, pair):
    arabic = json.loads(pair.arabic.read_text(encoding="utf-8"))["data"][0]["paragraphs"]
    some = write("some.json", ("t", arabic[1:]))
    assert len(squad_cases(pair.english, some).cases) == 2
    with pytest.raises(DalilError, match="lacks 2 of the 4 question ids"):
        squad_cases(some, pair.english)


def test_a_sample_is_the_same_each_time_and_part_of_a_larger_one(write):
    asked = [
        paragraph(f"Ship {n} has {n} sails.", f"q{n}", f"How many sails has ship {n}?", (f"{n}", 5))
        for n in range(40)
    ]
    path, other = write("ships.json", ("t", asked)), write("boats.json", ("t", asked))
    whole = squad_cases(path)
    ten, twenty = squad_cases(path, sample=10), squad_cases(path, sample=20)
    assert ten.articles == whole.articles
    assert ten == squad_cases(path, sample=10)
    assert [len(ten.cases), len(twenty.cases)] == [10, 20]
    assert set(ten.cases) < set(twenty.cases) < set(whole.cases)
    assert list(ten.cases) == [case for case in whole.cases if case in ten.cases]
    assert list(ten.cases) != list(whole.cases[:10])
    questions = [case.question for case in ten.cases]
    assert [case.question for case in squad_cases(other, sample=10).cases] == questions
    assert squad_cases(path, sample=99) == whole


def test_half_a_character_is_replaced(write):
    broken = paragraph("A \ud83d ship.", "s", "What \ud83d?", ("ship", None))
    path = write("half.json", ("t", []))
    path.write_text(json.dumps({"data": [{"paragraphs": [broken]}]}), encoding="utf-8")
    source = squad_cases(path)
    assert source.articles[0].text == "A \ufffd ship."
    assert place(source.cases, iter(source.articles))[0].facts[0].spans[0].start == 4


def test_bad_input_is_told_with_its_file(write, tmp_path):
    with pytest.raises(DalilError, match=r"bad\.json is not in SQuAD's format"):
        squad_cases(write("bad.json", ("t", [{"qas": []}])))
    with pytest.raises(DalilError, match="a text was expected, not int"):
        squad_cases(write("title.json", (7, [FERRY])))
    with pytest.raises(DalilError, match=r"none\.json cannot be read"):
        squad_cases(tmp_path / "none.json")
    with pytest.raises(DalilError, match="sample of 0"):
        squad_cases(write("ok.json", ("t", [FERRY])), sample=0)
