"""Names of outlets as people write them."""

import pytest

from corpus.errors import InputError
from index import Filters
from index.outlets import known_outlet, nearest, spelled

OUTLETS = ["صدى الخابور", "مرآة الشرق", "ANHA", "Rojava News", "The Levant Courier", "كوردستان"]


@pytest.mark.parametrize(
    ("written", "outlet"),
    [
        ("anha", "ANHA"),
        ("ROJAVA NEWS", "Rojava News"),
        ("Levant Courier", "The Levant Courier"),
        ("صدى خابور", "صدى الخابور"),
        ("صَدى الخابور", "صدى الخابور"),
        ("Sada al-Khabour", "صدى الخابور"),
        ("Kurdistan", "كوردستان"),
    ],
)
def test_case_letters_articles_and_script_do_not_matter(written, outlet):
    assert known_outlet(written, OUTLETS) == outlet


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("ANAH", "ANHA"),
        ("Rojawa New", "Rojava News"),
        ("صدى الخابورر", "صدى الخابور"),
        ("Marat", "مرآة الشرق"),
        ("?", ""),
        ("News", "Rojava News"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(written, offered):
    with pytest.raises(InputError, match="There is no outlet") as told:
        known_outlet(written, OUTLETS)
    assert repr(written) in str(told.value)
    assert f"the nearest: {offered}" in str(told.value)
    assert len(nearest(written, OUTLETS)) == 3


def test_names_that_may_not_be_seen_are_neither_meant_nor_offered():
    part = Filters(outlet="ANAH", outlets=("Rojava News", "كوردستان"))
    with pytest.raises(InputError) as told:
        spelled(part, OUTLETS)
    assert "ANHA" not in str(told.value).replace("'ANAH'", "")


def test_a_library_without_outlets_mistakes_nothing():
    assert spelled(Filters(outlet="ANHA"), []) == Filters(outlet="ANHA")
