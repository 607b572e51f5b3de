"""Words in common: the official scorers' values, spellings that meet, and what must not."""

import json
from pathlib import Path

import pytest

from eval.judging.overlap import contains, exact_match, f1, normalise, plain

# The texts are ours; the values are those of MLQA's scorer, and of SQuAD v1.1's for English.
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases/overlap.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_unfolded_it_is_the_official_definition(case):
    asked = case["text"], case["accepted"], case["language"]
    assert exact_match(*asked, fold=False) == case["exact_match"]
    assert f1(*asked, fold=False) == pytest.approx(case["f1"], abs=1e-12)


def test_squad_differs_only_by_punctuation_beyond_ascii():
    english = [case for case in CASES if "squad" in case]
    differing = [
        case["text"]
        for case in english
        if case["squad"] != {"exact_match": case["exact_match"], "f1": case["f1"]}
    ]
    assert len(english) == 15
    assert differing == ["Arwad’s harbour", "“clock repair”", "frost — and drought"]


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("الحسكة", "الحسكه"),  # ta marbuta
        ("إدلب", "ادلب"),  # hamza
        ("آلاف", "الاف"),
        ("مستشفى", "مستشفي"),  # alef maqsura
        ("العبّارةُ", "العبارة"),  # diacritics
        ("١٢٣ و۴۵۶", "123 و456"),  # Arabic-Indic and Persian digits
        ("ســـلمى", "سلمى"),  # tatweel
        ("السوق", "سوق"),  # the article
        ("الميناء", "ميناء"),
        ("کرکوک", "كركوك"),  # Persian kaf
        ("ﺳﻠﻤﻰ", "سلمى"),  # presentation forms
        ("\u200fسلمى\u200f", "سلمى"),  # marks of direction
        ("", "«»"),
    ],
)
def test_arabic_spellings_meet(text, accepted):
    assert exact_match(text, [accepted], "ar") == 1.0
    assert f1(text, [accepted], "ar") == 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("والسوق بالسوق للسوق كالسوق", "و سوق ب سوق ل سوق ك سوق"),
        ("وبالسوق وللسوق", "و ب سوق و ل سوق"),
        ("شمال جمال خالد العمال", "شمال جمال خالد عمال"),
        ("إلى والد والي بالي", "الي والد والي بالي"),
        ("الله والله", "الله والله"),
    ],
)
def test_the_article_goes_from_the_start_of_arabic_words_only(text, words):
    assert normalise(text, "ar") == words.split()


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("The harbour, a theatre", "en", "harbour theatre"),
        ("El puerto y la torre", "es", "puerto y torre"),
        ("Der Hafen einer Stadt", "de", "hafen stadt"),
        ("Le port d'une ville", "fr", "le port dune ville"),
        ("Bir liman, İZMİR", "tr", "bir liman izmir"),
        ("Bendera kevn û Şêrgo", "kmr", "bendera kevn u sergo"),
        ("بەندەری کۆن", "ckb", "بهندهري كۆن"),
        ("the harbour", None, "the harbour"),
        ("渡轮 6 点", "zh", "渡 轮 6 点"),
        ("của bến", "vi", "ben"),
    ],
)
def test_articles_are_those_of_the_language(text, language, words):
    assert normalise(text, language) == words.split()


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    # two of three words, both of two
    assert f1("about forty passengers", ["forty passengers"], "en") == pytest.approx(
        2 * (2 / 3) * (2 / 2) / (2 / 3 + 2 / 2)
    )
    # a word that stands twice counts once if the answer has it once
    assert f1("clocks and clocks", ["clocks", "old clocks"], "en") == pytest.approx(
        max(2 * (1 / 3) * (1 / 1) / (1 / 3 + 1 / 1), 2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    )
    # "عبارة قديمة في الميناء": one of four, one of one, behind its article
    assert f1("عبّارةٌ قديمةٌ في الميناء", ["ميناء"], "ar") == pytest.approx(
        2 * (1 / 4) * (1 / 1) / (1 / 4 + 1 / 1)
    )
    assert f1("olives", ["frost"], "en") == 0.0


def test_answers_without_words_follow_squad_2():
    assert (f1("", [], "en"), exact_match("", [], "en")) == (1.0, 1.0)
    assert (f1("the", ["—", "a"], "en"), exact_match("the", ["—"], "en")) == (1.0, 1.0)
    assert (f1("frost", [], "en"), exact_match("frost", [""], "en")) == (0.0, 0.0)
    # beside one with words, an answer without any is none
    assert f1("", ["", "frost"], "en") == 0.0
    assert not contains("frost", ["", "—", "the"], "en")


def test_an_answer_in_another_script_brings_its_own_rules():
    accepted = ["the harbour", "الميناء"]
    assert exact_match("ميناء", accepted, "en") == exact_match("harbour", accepted, "ar") == 1.0
    assert exact_match("ميناء", accepted, "en", fold=False) == 0.0


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("She repairs the old clocks of Tartus.", "old clocks"),
        ("قُتل الطبيب خالد العلي أمس", "خالد علي"),
        ("وصلوا إلى المدينة بالعبّارة", "العبارة"),
        ("سافروا بطائرة وسلمى معهم", "سلمى"),
        ("غادرت لدمشق", "دمشق"),
        ("Nobody but Arwad’s ferry left.", "Arwad"),
        ("Le gel a détruit l'oliveraie.", "oliveraie"),
        ("Arwad'ın vapuru", "Arwad"),
        ("die Arwad-Fähre", "Arwad"),
        ("the north-east wind", "northeast"),
        ("خسر البستان 10,000 شتلة", "10000"),
        ("خسر البستان ١٠٬٠٠٠ شتلة", "10,000"),
        ("خسر البستان ١٠٬٠٠٠ شتلة", "عشرة آلاف شتلة"),
        ("خسر البستان عشرة آلاف شتلة", "10,000"),
        ("خسر البستان عشرة آلاف شتلة زيتون", "شتلة 10,000"),
        ("the orchard lost 10 000 seedlings", "ten thousand seedlings"),
        ("a reward of $2.5 million", "2,500,000"),
        ("افتتح المعرض في 27 تشرين الأول 2019", "October 27, 2019"),
        ("افتتح المعرض في 27 تشرين الأول 2019", "October"),
    ],
)
def test_an_answer_is_contained(text, accepted):
    assert contains(text, ["something else", accepted], "ar")


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("She repairs clocks that are old.", "old clocks"),
        ("the hold of the ship", "old"),
        ("على بعد 20 كم من ابن عمه", "كمال"),
        ("وصل الولد", "لد"),
        ("خسر البستان 10,000 شتلة", "100,000"),
        ("خسر البستان 10,000 شجرة", "عشرة آلاف شتلة"),
        ("افتتح المعرض في 27 تشرين الأول", "October 28"),
        ("افتتح المعرض في 27 تشرين الأول", "October 27, 2019"),
        ("", "forty"),
    ],
)
def test_an_answer_is_not_contained(text, accepted):
    assert not contains(text, [accepted], "ar")


def test_markers_of_citations_are_no_words():
    assert plain("«أربعون» [1]\n«forty» [12][3].") == "«أربعون»\n«forty»."
    assert plain("in 1987 [sic]") == "in 1987 [sic]"
