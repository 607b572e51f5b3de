"""Forms change how a question is written, each where it can."""

import pytest

from eval.cases.case import read_cases
from eval.running.evaluate import CASES
from eval.studies.rewrites.__main__ import Asked, rewritten
from eval.studies.rewrites.forms import FORMS, MISSPELT
from index import load_encoder


@pytest.mark.parametrize(
    ("form", "question", "other"),
    [
        ("title case", "Who leads al-Hol?", "Who Leads Al-Hol?"),
        ("no question mark", "متى؟", "متى"),
        ("soft hyphen", "Who leads?", "Who le\u00adads?"),
        ("presentation forms", "كم بيتا؟", "ﻛﻢ ﺑﻴﺘﺎ؟"),
        ("tatweel", "كم بيتا؟", "كم بـيتا؟"),
        ("vowel signs on question words", "كم بيتا؟", "كَم بيتا؟"),
        ("Kurdish letters", "كم بيتا؟", "ڪم بیتا؟"),
        ("Levantine", "أين كم؟", "وين كم؟"),
        ("curly contractions", "What is it?", "What’s it?"),
        ("please", "Who leads?", "Please tell me, who leads?"),
        ("Arabic digits", "What of 2020?", "What of 2020?"),
    ],
)
def test_forms(form, question, other):
    assert FORMS[form](question) == other


def test_slips_leave_names_and_arabic_alone():
    assert (
        MISSPELT["swapped letters"]("What did Abdullah announce?") == "What did Abdullah annuonce?"
    )
    assert MISSPELT["dropped letter"]("كم عائلة؟") == "كم عائلة؟"


def test_every_form_changes_some_question():
    cases = read_cases(CASES)
    found = list(rewritten(cases))
    assert {each.form for each in found} == {*FORMS, *MISSPELT}
    assert all(each.question != each.case.question for each in found)
    some = list(rewritten(cases, every=10, forms="case"))
    assert {each.form for each in some} == {"title case", "lower case"}
    assert len(some) < len(found) / 50


class Shouting:
    """An assistant that answers nothing that is written in capitals."""

    class Library:
        words = load_encoder("bundled")

    class Answer:
        status, citations = "abstained", ()

    library = Library()

    def ask(self, question, history=()):
        answer = self.Answer()
        answer.status = "abstained" if question.isupper() else "answered"
        return answer


def test_a_changed_outcome_is_counted():
    found = [
        each for each in rewritten(read_cases(CASES)[:1]) if each.form in ("capitals", "isolates")
    ]
    assert [Asked(Shouting(), everything=True).changes(each) for each in found] == [True, False]
    assert not any(map(Asked(Shouting()).changes, found))
