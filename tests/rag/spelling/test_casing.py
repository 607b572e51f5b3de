"""Capitals are put back on names, and slips of the pen are set right."""

import pytest

from eval.cases.case import read_cases
from eval.running.evaluate import CASES
from eval.studies.rewrites.forms import MISSPELT
from rag.spelling.casing import corrected, true_case


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("WHO RUNS AL-HOL CAMP?", "Who runs al-Hol camp?"),
        ("who runs al-hol camp?", "Who runs al-Hol camp?"),
        ("Where Is Daniel Caggins From?", "Where is Daniel Caggins from?"),
        ("HOW MANY YPG FIGHTERS LEFT IN MAY?", "How many YPG fighters left in may?"),
        ("Who Leads?", "Who Leads?"),
        ("Who leads the Syrian Democratic Forces?", "Who leads the Syrian Democratic Forces?"),
        ("NATO?", "NATO?"),
        ("Wo Wurden Die Meisten Steine Verteilt?", "Wo wurden die meisten Steine verteilt?"),
        ("PEKI NEDEN?", "Peki neden?"),
        ("WHAT WAS THE SHARPEST RISE?", "What was the sharpest rise?"),
        ("WIE VIELE LEUTE WAREN DA?", "Wie viele leute waren da?"),
    ],
)
def test_capitals(typed, written):
    assert true_case(typed) == written


def test_names_and_short_words_are_not_set_right():
    text = "Who saw Bountty, myles, teh tamr and the qamishli concil?"
    assert corrected(text) == text.replace("concil", "council")


@pytest.mark.parametrize("slip", sorted(MISSPELT))
def test_most_slips_are_set_right(slip):
    asked = [case.question for case in read_cases(CASES) if case.language == "en"]
    slipped = [(text, MISSPELT[slip](text)) for text in asked]
    right = [corrected(other) == text for text, other in slipped if other != text]
    assert sum(right) >= 0.8 * len(right) > 50
