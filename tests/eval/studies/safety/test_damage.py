"""The study of damaged libraries, on a small one: what is visible is told, and nothing breaks."""

import random

import pytest

from eval.studies.safety import damage
from index import load_encoder
from index.store.database import DATABASE

# One process does the damage for all of these tests.
pytestmark = pytest.mark.xdist_group("damage")

WORDS = damage.demo_articles()[0].text[:20].encode()
FLIPS, ZEROED = 10, 4


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    home, encoder = tmp_path_factory.mktemp("damage") / "library", load_encoder("bundled")
    sound = damage.made(home, encoder, most=6)
    data = (home / DATABASE).read_bytes()
    chance = random.Random(3)
    cases = [
        *chance.sample(list(damage.flips(data, 1, chance)), FLIPS),
        *chance.sample(list(damage.zeroed(data)), ZEROED),
        *damage.truncated(data, 1, chance),
        ("none", data),
        # A bit of an article's text, in the page that holds it.
        ("text", data.replace(WORDS, WORDS[:-1] + b"?")),
    ]
    texts = {article.text for article in damage.demo_articles()}
    return [damage.try_damage(home, *case, sound, encoder, texts) for case in cases]


def test_what_a_reader_could_see_is_told(tried):
    visible = [one for one in tried if one.visible]
    assert len(visible) > FLIPS / 4
    assert [one for one in visible if not one.told] == []


def test_nothing_is_quoted_that_was_not_stored_and_nothing_breaks(tried):
    assert [one for one in tried if one.wrong or one.crashed] == []


def test_a_sound_file_is_no_damage(tried):
    (none,) = (one for one in tried if one.kind == "none")
    assert (none.visible, none.told) == (False, False)
    (text,) = (one for one in tried if one.kind == "text")
    assert (text.visible, text.told) == (True, True)


def test_the_report_counts(capsys):
    outcomes = [
        damage.Outcome("bit flipped", True, True, False, None),
        damage.Outcome("bit flipped", True, False, False, None),
        damage.Outcome("cut off", False, False, False, None),
    ]
    assert damage.report(outcomes) == 1
    assert "| bit flipped | 2 | 2 | 1 | 1 of 2 | 0 | 0 |" in capsys.readouterr().out
    assert damage.report(outcomes[::2]) == 0
