"""Times and outlets in questions: what is one, and what only looks like it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reading.outlets import named_outlets
from rag.reading.preferences import period_of

NEWEST = date(2021, 6, 14)
OUTLETS = [
    "ANHA", "Rojava News", "صدى الخابور", "وكالة سهل الجزيرة", "The Levant Courier",
    "Dicle Postası", "Rojnameya Stêrka Çiyê", "ڕۆژنامەی دەنگی دیجلە", "Today", "الحدث", "هاوار",
    "Middle East", "El País", "مرآة الشرق",
]  # fmt: skip

# A question, the first and last day that it means (None for an open end), and the words for it.
TIMES = [
    ("Who returned in April 2020?", "2020-04-01", "2020-04-30", "April 2020"),
    ("What happened in April?", "2021-04-01", "2021-04-30", "April"),
    # The December before the newest article is that of the year before.
    ("What happened in December?", "2020-12-01", "2020-12-31", "December"),
    ("What has happened since March?", "2021-03-01", None, "since March"),
    ("Which fires burned before May 2020?", None, "2020-04-30", "before May 2020"),
    ("How many houses were built by 2020?", None, "2020-12-31", "by 2020"),
    ("Who was killed on 3 May 2020?", "2020-05-03", "2020-05-03", "3 May 2020"),
    ("Who was killed on May 3, 2020?", "2020-05-03", "2020-05-03", "May 3, 2020"),
    ("Who was killed on 2020-05-03?", "2020-05-03", "2020-05-03", "2020-05-03"),
    ("How many left in 2020?", "2020-01-01", "2020-12-31", "2020"),
    ("How many left between April and June 2020?", "2020-04-01", "2020-06-30", None),
    ("What happened last week?", "2021-06-07", "2021-06-14", "last week"),
    ("What happened yesterday?", "2021-06-13", "2021-06-14", "yesterday"),
    ("Who came this month?", "2021-06-01", "2021-06-14", "this month"),
    ("ماذا حدث في نيسان 2020؟", "2020-04-01", "2020-04-30", "نيسان 2020"),
    ("ماذا حدث في أبريل ٢٠٢٠؟", "2020-04-01", "2020-04-30", "أبريل ٢٠٢٠"),
    ("من فجّر السوق في 15 تموز 2020؟", "2020-07-15", "2020-07-15", "15 تموز 2020"),
    ("ماذا حدث منذ آذار؟", "2021-03-01", None, "منذ آذار"),
    ("ماذا حدث الأسبوع الماضي؟", "2021-06-07", "2021-06-14", "الأسبوع الماضي"),
    ("من زار المخيم الشهر الماضي؟", "2021-05-01", "2021-05-31", "الشهر الماضي"),
    ("Nisan 2020'de ne oldu?", "2020-04-01", "2020-04-30", "Nisan 2020"),
    ("Nisan ayında ne oldu?", "2021-04-01", "2021-04-30", "Nisan"),
    ("Mart 2020'den beri ne oldu?", "2020-03-01", None, "Mart 2020'den beri"),
    ("Geçen hafta ne oldu?", "2021-06-07", "2021-06-14", "Geçen hafta"),
    ("Que s'est-il passé en avril 2020 ?", "2020-04-01", "2020-04-30", "avril 2020"),
    ("Que s'est-il passé depuis mars 2021 ?", "2021-03-01", None, "depuis mars 2021"),
    ("Que s'est-il passé la semaine dernière ?", "2021-06-07", "2021-06-14", "la semaine dernière"),
    ("Was geschah am 3. Mai 2020?", "2020-05-03", "2020-05-03", "3. Mai 2020"),
    ("Was ist seit März passiert?", "2021-03-01", None, "seit März"),
    ("Was geschah letzte Woche?", "2021-06-07", "2021-06-14", "letzte Woche"),
    ("¿Qué pasó en mayo de 2020?", "2020-05-01", "2020-05-31", "mayo de 2020"),
    ("Что произошло в апреле 2020 года?", "2020-04-01", "2020-04-30", "апреле 2020"),
    ("در آوریل ۲۰۲۰ چه اتفاقی افتاد؟", "2020-04-01", "2020-04-30", "آوریل ۲۰۲۰"),
    ("لە نیسانی 2020 چی ڕوویدا؟", "2020-04-01", "2020-04-30", "نیسانی 2020"),
    ("Di nîsana 2020an de çi qewimî?", "2020-04-01", "2020-04-30", "nîsana 2020"),
    ("Di meha nîsanê de çi qewimî?", "2021-04-01", "2021-04-30", "nîsanê"),
]  # fmt: skip

NO_TIMES = [
    "What may happen in Raqqa?",
    "Who was May?",
    "How many joined the march in Qamishli?",
    "Who took part in the March?",
    "Who signed the 2019 treaty?",
    "Who won the 2021 election in Derbasiyah?",
    "What does the April agreement say?",
    "What stands in the Fourth of July Square?",
    "What happens in the last month of pregnancy?",
    "In 2000000 villages, who votes?",
    "Who was killed on 30 February 2020?",
    "ماذا جاء في اتفاق نيسان؟",
    "كم سجيناً في غرفة واحدة؟",
    "من يدرس في مدارس الرقة؟",
    # "hier" and "par" are times in other languages.
    "Wer wohnt hier?",
    "Qui a été tué par la bombe ?",
    "What bounty was announced for Hajji Abdullah?",
]


@pytest.mark.parametrize(("question", "since", "until", "said"), TIMES)
def test_a_time_is_read(question, since, until, said):
    first, last = period_of(question, NEWEST)
    assert (first and str(first.since), last and str(last.until)) == (since, until)
    if said:
        assert {question[p.start : p.end] for p in (first, last) if p} == {said}


@pytest.mark.parametrize("question", NO_TIMES)
def test_no_time_is_read(question):
    assert period_of(question, NEWEST) == (None, None)


# A question, the outlet that it names, the words for it, and all that makes it the source.
NAMED = [
    ("According to ANHA, how many died?", "ANHA", "ANHA", "According to ANHA"),
    ("how many died according to anha", "ANHA", "anha", "according to anha"),
    ("What did Rojava News report about Kobani?", "Rojava News", "Rojava News", "Rojava News"),
    ("What did the Levant Courier say of the bus?", "The Levant Courier", "Levant Courier",
     "the Levant Courier"),
    ("What does ANHA's newspaper report?", "ANHA", "ANHA", "ANHA's newspaper"),
    ("Which reports from Rojava News mention Afrin?", "Rojava News", "Rojava News",
     "reports from Rojava News"),
    ("According to Sada al-Khabour, who died?", "صدى الخابور", "Sada al-Khabour",
     "According to Sada al-Khabour"),
    ("كم قُتل بحسب وكالة هاوار؟", "هاوار", "هاوار", "بحسب وكالة هاوار"),
    ("كم أُفرج عنه وفقاً لوكالة سهل الجزيرة؟", "وكالة سهل الجزيرة", "سهل الجزيرة",
     "وفقاً لوكالة سهل الجزيرة"),
    ("ماذا ذكرت صدى الخابور عن السجن؟", "صدى الخابور", "صدى الخابور", "صدى الخابور"),
    ("ماذا كتبت «مرآة الشرق» عن الهول؟", "مرآة الشرق", "مرآة الشرق", "مرآة الشرق"),
    ("Dicle Postası'na göre kaç aile?", "Dicle Postası", "Dicle Postası", "Dicle Postası'na göre"),
    ("Li gorî Rojnameya Stêrka Çiyê çend?", "Rojnameya Stêrka Çiyê", "Stêrka Çiyê",
     "Li gorî Rojnameya Stêrka Çiyê"),
    ("بەپێی ڕۆژنامەی دەنگی دیجلە چەند؟", "ڕۆژنامەی دەنگی دیجلە", "دەنگی دیجلە",
     "بەپێی ڕۆژنامەی دەنگی دیجلە"),
    ("Selon El País, combien de morts ?", "El País", "País", "Selon El País"),
    ("Laut ANHA, wie viele?", "ANHA", "ANHA", "Laut ANHA"),
    ("What did Today report?", "Today", "Today", "Today"),
    ("بحسب صحيفة الحدث، كم قتيلاً؟", "الحدث", "الحدث", "بحسب صحيفة الحدث"),
]  # fmt: skip

NOT_NAMED = [
    "What happened today?",
    "What did she say today?",
    "Who fights in the Middle East?",
    "What happened in the Middle East, according to the army?",
    "Who owns ANHA?",
    "Who founded Rojava News?",
    "What did the people of Rojava say?",
    "According to Kobani's mayor, how many died?",
    "ماذا قال الحدث؟",
    "ما الحدث الذي ذكرته الصحيفة؟",
    "ماذا جرى في الشرق؟",
    "كم مرآة كسرت؟",
]


@pytest.mark.parametrize(("question", "outlet", "said", "source"), NAMED)
def test_an_outlet_is_named(question, outlet, said, source):
    (one,) = named_outlets(question, OUTLETS)
    assert one.outlet == outlet
    assert question[one.start : one.end] == said
    assert question[one.first : one.last] == source


@pytest.mark.parametrize("question", NOT_NAMED)
def test_no_outlet_is_named(question):
    assert named_outlets(question, OUTLETS) == []


def test_the_longer_of_two_names_is_meant():
    two = named_outlets("What did Rojava News Today report?", ["Rojava News", "Rojava News Today"])
    assert [one.outlet for one in two] == ["Rojava News Today"]


PIECES = [
    "according to ", "ANHA", "بحسب ", "صدى الخابور", "in ", "since ", "May ", "31 ", "February ",
    "2020", "٢٠٢٠", "last week", "منذ ", "آذار", "'de", "İ", "ﬁ", "²", "①", "\u0301", "\u202e",
    "\n", "?",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.dates(date(2, 1, 1)))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_spans_lie_in_it(question, newest):
    for period in filter(None, period_of(question, newest)):
        assert 0 <= period.start < period.end <= len(question)
    for one in named_outlets(question, OUTLETS):
        assert 0 <= one.first <= one.start < one.end <= one.last <= len(question)
