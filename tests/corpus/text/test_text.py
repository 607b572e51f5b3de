"""Language, dates, self-description and passages, by example."""

import subprocess
import sys
from datetime import date

import pytest

import corpus
from corpus import Article, split
from corpus.furniture.describe import describe
from corpus.furniture.labels import is_outlet
from corpus.split import SplitSettings
from corpus.text.language import detect, script

BODY = "فتحت المدارس في المدينة أبوابها صباح اليوم بعد عطلة طويلة استمرت شهرين."

LANGUAGES = {
    "What bounty was announced for Hajji Abdullah?": "en",
    "Who leads the media centre?": "en",
    "bounty for Hajji Abdullah": "en",
    "How many prisoners share a room": "en",
    "Qui dirige le centre ?": "fr",
    "Combien de détenus sont dans une chambre ?": "fr",
    "Wer leitet das Zentrum?": "de",
    "Wie viele Gefangene teilen sich einen Raum?": "de",
    "¿Quién dirige el centro?": "es",
    "¿Cuántos detenidos hay?": "es",
    "Medya merkezini kim yönetiyor?": "tr",
    "Bir odada kaç mahkum kalıyor?": "tr",
    "Kî serokê navenda çapemeniyê ye?": "kmr",
    "Di odeyekê de çend girtî hene?": "kmr",
    "Кто возглавляет центр?": "ru",
    "ما قيمة المكافأة التي رصدت لحجي عبدالله؟": "ar",
    "كم عدد السجناء في غرفة واحدة": "ar",
    "من يقود المركز الإعلامي لقسد SDF؟": "ar",
    "کێ سەرۆکی ناوەندی ڕاگەیاندنە؟": "ckb",
    "چەند زیندانی لە ژوورێکدان؟": "ckb",
    "پاداش اعلام شده برای حاجی عبدالله چقدر است؟": "fa",
    "چه کسی مرکز را رهبری می‌کند؟": "fa",
    "مرکز کی قیادت کون کرتا ہے؟": "ur",
    "מי מנהל את המרכז?": "he",
    "谁领导媒体中心？": "zh",
    "誰がセンターを率いていますか": "ja",
    "": "und",
    "2020 - 12:30 !": "und",
}


@pytest.mark.parametrize("text", LANGUAGES)
def test_language(text):
    assert detect(text) == LANGUAGES[text]


def test_a_foreign_name_does_not_decide():
    assert detect(BODY + " وقال ڤيكتور ذلك في گرگان. " + BODY) == "ar"


def test_script_goes_by_the_majority():
    assert script("قوات SDF") == "Arab"
    assert script("the SDF قسد forces") == "Latn"
    assert script("😀 12") == "Zyyy"


def test_describe_takes_no_paragraph_for_a_title():
    assert describe(f"{BODY}\n{BODY}").title is None
    assert describe("عنوان وحيد").title is None
    assert describe(f"1- كيف الوضع؟\n{BODY}").title is None
    assert describe(f"سامر العلي ـ الحسكة\n{BODY}").title is None


def test_describe_passes_over_what_pages_put_below_the_title():
    text = f"عنوان الخبر\n2021-03-04\n0\nشارك\n{BODY}"
    assert (describe(text).title, describe(text).published) == ("عنوان الخبر", date(2021, 3, 4))


def test_describe_finds_the_agency_in_the_dateline():
    assert describe(f"عنوان الخبر\nدمشق (مثال نيوز) - {BODY}").outlet == "مثال نيوز"
    assert describe(f"عنوان الخبر\nدمشق (العاصمة) - {BODY}").outlet is None


def test_describe_finds_the_stray_outlet():
    assert describe(f"عنوان الخبر\n\n{BODY}\n\n\n\nروداو\nTop").outlet == "روداو"
    assert describe(f"عنوان الخبر\n\n{BODY}\n\n\n\nسامر\nTop").outlet is None
    assert describe(f"عنوان الخبر\n\n{BODY}").outlet is None


def test_outlets_are_short_names():
    assert is_outlet("مثال نيوز")
    assert not is_outlet("نيوز")
    assert not is_outlet("شبكة الكهرباء عادت إلى العمل")
    assert not is_outlet("شبكة مثال.")


def passages(text, target, most, least=3):
    return [p.text for p in split(Article("a", text), SplitSettings(target, most, least))]


def test_passages_are_filled_up_to_the_target():
    text = " ".join(f"جملة رقمها {number} هنا." for number in range(9))
    assert [len(passage.split()) for passage in passages(text, 12, 16)] == [12, 12, 12]


def test_question_stays_with_the_beginning_of_its_answer():
    text = "مقدمة قصيرة للحوار كله.\n1- كيف الوضع؟\nجيد جدا اليوم. وسيبقى جيدا غدا.\n2- ومتى؟\nغدا."
    assert passages(text, 7, 8) == [
        "مقدمة قصيرة للحوار كله.",
        "1- كيف الوضع؟\nجيد جدا اليوم.",
        "وسيبقى جيدا غدا.\n2- ومتى؟\nغدا.",
    ] or passages(text, 7, 8)[1].startswith("1- كيف الوضع؟\nجيد جدا اليوم.")
    assert all("2- ومتى؟\nغدا." in p for p in passages(text, 7, 8) if "2-" in p)


def test_heading_goes_with_what_follows():
    text = "الفقرة الأولى هنا كاملة.\n\nعنوان فرعي\n\nالفقرة الثانية هنا كاملة."
    assert passages(text, 4, 6) == [
        "الفقرة الأولى هنا كاملة.",
        "عنوان فرعي\n\nالفقرة الثانية هنا كاملة.",
    ]


def test_heading_opens_a_passage_before_the_target():
    text = "الفقرة الأولى هنا كاملة.\n\nعنوان فرعي\n\nالفقرة الثانية هنا كاملة. وبقيتها هنا."
    assert passages(text, 20, 30)[1].startswith("عنوان فرعي")
    assert len(passages(text, 20, 30, least=8)) == 1


def test_short_rest_joins_the_passage_before():
    text = "جملة من خمس كلمات كاملة. جملة من خمس كلمات أخرى. نعم."
    assert passages(text, 5, 6) == ["جملة من خمس كلمات كاملة.", "جملة من خمس كلمات أخرى. نعم."]


def test_no_text_no_passages():
    assert passages(" \n ", 5, 6) == []


def test_public_names():
    assert corpus.__all__ == [
        "Article",
        "load_articles",
        "clean",
        "sentence_spans",
        "split",
        "Passage",
    ]


def test_importing_and_asking_loads_no_heavy_library():
    code = (
        "import sys, corpus; from corpus.text.language import detect; detect('Who leads it?');"
        "print([m for m in ('trafilatura', 'py3langid', 'yaml', 'frontmatter', 'numpy')"
        " if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
