"""The page's script cannot import the tables it has to agree with."""

import json
import re
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import ui.chat
from corpus.text.characters import RIGHT_TO_LEFT_SCRIPTS
from corpus.text.language import script_of

SCRIPT = Path(ui.chat.__file__).with_name("static") / "text.js"


def test_languages_from_right_to_left_are_those_of_the_table():
    found = re.search(r"RIGHT_TO_LEFT = new Set\((\[.*?\])\);", SCRIPT.read_text(encoding="utf-8"))
    codes = (
        "".join(letters) for length in (2, 3) for letters in product(ascii_lowercase, repeat=length)
    )
    assert set(json.loads(found[1])) == {c for c in codes if script_of(c) in RIGHT_TO_LEFT_SCRIPTS}
