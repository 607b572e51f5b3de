"""Time that grows no faster than the text, whatever somebody puts into it."""

import re

import pytest
import regex

from eval.studies.safety import growth

# What was quadratic, and what usually is: white space, marks, words without spaces.
RUNS = (" ", "\n", "\t", "a", "1", ".", ",", "a-", "A.")


@pytest.mark.parametrize(
    "name",
    ["clean", "describe", "published", "sentences", "words", "split", "operators"],
)
def test_what_reads_whole_articles_is_not_quadratic(name):
    assert list(growth.steep(name, growth.readers()[name], 1_500, RUNS)) == []


def test_no_expression_on_an_articles_way_in_is_quadratic():
    assert list(growth.patterns_steep(1_500, (" ", "a", "1", ","), ["corpus"])) == []


@pytest.mark.parametrize(
    ("pattern", "method", "run"),
    [
        (regex.compile(r"\s*[-|]\s*"), "split", " "),
        (re.compile(r",+x"), "finditer", ","),
    ],
)
def test_what_is_quadratic_or_worse_is_found(pattern, method, run):
    found = list(growth.steep("it", growth.by_method(pattern, method), 3_000, (run,)))
    assert found
    assert found[0].doubled > 3 * found[0].seconds


def test_what_never_ends_is_found():
    def endless(_):
        raise TimeoutError

    assert len(list(growth.steep("it", endless, 3_000, (" ",)))) == len(list(growth.shapes((" ",))))


def test_what_is_linear_is_not():
    linear = growth.by_method(regex.compile(r"(?<!\s)\s*+[-|]\s*+"), "split")
    assert list(growth.steep("it", linear, 3_000, (" ", "-", "a"))) == []


def test_every_kind_of_expression_is_looked_at():
    found = growth.compiled(["corpus"])
    for name in [
        ("corpus.furniture.describe", "_PLACE"),
        ("corpus.text.sentences", "_CUTS"),
        ("corpus.text.sentences", "_CUTS[1]"),
        ("corpus.dates.calendars", "_calendars"),
    ]:
        assert name in found
    assert any(line.startswith("line ") for _, line in found)
    assert growth.used("corpus.furniture.describe", "_PLACE") == ("split",)
    # One that is renamed or dropped may not stay excused.
    excused = {name for name in growth.BOUNDED if name.startswith("corpus.")}
    assert excused <= {f"{module}.{name}" for module, name in found}
