"""A small pair of SQuAD files: the same four questions, in English and in Arabic."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

ENGLISH = [
    (
        "The ferry leaves Arwad at six. It carries forty passengers.",
        [("ferry-when", "When does the ferry leave Arwad?", "at six"),
         ("ferry-how-many", "How many passengers does the ferry carry?", "forty")],
    ),
    (
        "Salma Darwish repairs clocks in Tartus. Her workshop opened in 1987.",
        [("clocks-opened", "When did the clock workshop open?", "1987")],
    ),
    (
        "The orchard lost its olives to frost.",
        [("olives-why", "What destroyed the olives?", "frost")],
    ),
]  # fmt: skip
ARABIC = [
    (
        "تغادر العبّارة أرواد في السادسة. وهي تحمل أربعين راكبًا.",
        [("ferry-when", "متى تغادر العبّارة أرواد؟", "في السادسة"),
         ("ferry-how-many", "كم راكبًا تحمل العبّارة؟", "أربعين")],
    ),
    (
        "تصلح سلمى درويش الساعات في طرطوس. افتتحت ورشتها عام 1987.",
        [("clocks-opened", "متى افتتحت ورشة الساعات؟", "1987")],
    ),
    (
        "خسر البستان زيتونه بسبب الصقيع.",
        [("olives-why", "ما الذي أتلف الزيتون؟", "الصقيع")],
    ),
]  # fmt: skip


def record(text, questions):
    qas = [
        {
            "id": key,
            "question": question,
            "answers": [{"text": answer, "answer_start": text.index(answer)}],
        }
        for key, question, answer in questions
    ]
    return {"context": text, "qas": qas}


@dataclass
class Pair:
    """Paths of the pair, and its questions in English, in the order of the file."""

    english: Path
    arabic: Path
    questions: list


@pytest.fixture
def write_squad(tmp_path):
    """Write paragraphs as a SQuAD file and return its path."""

    def write(name, paragraphs):
        path = tmp_path / name
        content = {"data": [{"title": name, "paragraphs": paragraphs}]}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def pair(write_squad):
    english = write_squad("en.json", [record(*paragraph) for paragraph in ENGLISH])
    arabic = write_squad("ar.json", [record(*paragraph) for paragraph in ARABIC])
    return Pair(english, arabic, [q for _, questions in ENGLISH for _, q, _ in questions])
