"""What carries a question is missed where an article lacks it, however it is written there."""

from dataclasses import replace
from datetime import date

import pytest

from corpus.article import Article
from index.encoder import load_bundled
from rag.choice.unmet import lacking, names_of, unmet
from rag.reading import read

ARABIC = Article(
    "a",
    "أعلن المتحدث مايلز كاغينز في الحسكة يوم 27 تشرين الأول مكافأة قدرها عشرة ملايين دولار "
    "لمن يدلي بمعلومات عن حجي عبد الله. وحضر والي الرقة.",
    title="مكافأة",
    language="ar",
    published=date(2020, 7, 2),
)


def missed(question, article=ARABIC, history=()):
    return unmet(read(question, load_bundled(), history), article, load_bundled())


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What bounty was announced for Hajji Abdullah?", []),
        ("What bounty was announced for Yusuf Karim?", ["Yusuf Karim"]),
        ("Did Caggins speak in Hasakah or in Zagreb?", ["Zagreb"]),
        ("Who governs Raqqa?", []),
        ("Who governs Raqqa and Manbij?", ["Manbij"]),
        # The last word of a name tells it from another.
        ("What did Myles Cagins announce?", []),
        ("What did Mister Caggins announce?", []),
        ("What did Myles Jordan announce?", ["Myles Jordan"]),
        ("What bounty was announced for Hajji Ibrahim?", ["Hajji Ibrahim"]),
        # As few consonants as those of another word, with other vowels.
        ("Who was seen at Ilaria?", ["Ilaria"]),
        ("Where is Abu Muhammad?", ["Abu Muhammad"]),
    ],
)
def test_names_meet_by_their_consonants_in_any_script(question, missing):
    assert missed(question) == missing


BRIDGE = Article(
    "b",
    "Lorries crossed the rebuilt Mansura bridge near the camp at al-Hol on Saturday.",
    language="en",
)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Who repaired Mansura Bridge?", []),
        ("Who repaired Tabqa Bridge?", ["Tabqa Bridge"]),
        ("Who lives in Roj Camp?", ["Roj Camp"]),
        ("Who repaired the Bridge?", []),
        ("Mansura Köprüsü'nü kim onardı?", []),
        ("Tabka Köprüsü'nü kim onardı?", ["Tabka Köprüsü'nü"]),
        ("Kim Mansura'ya geldi?", []),
        ("Kim Kobani'ye geldi?", ["Kobani'ye"]),
        # A hyphen begins another word, whose capital counts.
        ("Who lives in Al-Hol Camp?", []),
        ("Who lives in Al-Bab Camp?", ["Bab Camp"]),
        ("Who left Al-Sukhnah?", ["Sukhnah"]),
        ("Who left al-sukhnah?", ["sukhnah"]),
    ],
)
def test_what_kind_of_place_it_is_tells_no_name_from_another(question, missing):
    assert missed(question, BRIDGE) == missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What was announced on 27 October 2020?", []),
        ("What was announced on 28 October 2020?", ["28 October"]),
        ("What was announced in 2019?", ["2019"]),
        ("ماذا أُعلن في آذار ٢٠١٩؟", ["آذار", "٢٠١٩"]),
        ("Who pays 10,000,000 dollars?", []),
        ("Who pays eleven million dollars?", ["eleven million"]),
        # The day of publication counts.
        ("What was announced on 2 July 2020?", []),
        # A number in a name is missing with the name, not by itself.
        ("How many died of Covid-19 there?", ["Covid-19"]),
    ],
)
def test_numbers_and_dates_meet_in_any_writing(question, missing):
    assert missed(question) == missing


def test_a_name_that_is_met_by_its_translation_or_by_another_name_is_not_missed():
    question = "What did the ISIS leader do in Germany?"
    assert missed(question) == ["ISIS", "Germany"]
    abroad = replace(ARABIC, text=f"{ARABIC.text} وقال إن زعيم داعش كان في ألمانيا.")
    assert missed(question, abroad) == []
    assert missed("What did he do in France?", abroad) == ["France"]
    # The camp's name means "day", of which the article speaks.
    assert missed("Who manages Roj camp?") == ["Roj"]


def test_a_number_that_makes_a_name_with_a_letter_is_missed_as_any():
    text = "تسير الأرتال على الطريق الدولي المعروف باسم إم 4 في الحسكة للمرة الخامسة."
    road = replace(ARABIC, text=text)
    assert missed("How often do columns drive along the M4 to Hasakah?", road) == []
    assert missed("How often do columns drive along the M5 to Hasakah?", road) == ["M5"]
    assert missed("كم مرة تسير الأرتال على طريق M5؟", road)
    group = replace(ARABIC, text="اجتمعت مجموعة السبع في الحسكة.")
    assert missed("When did the G7 meet in Hasakah?", group) == []
    # Who writes of Covid seldom writes of its number.
    sick = replace(ARABIC, text="Covid took nine lives in Hasakah.", language="en")
    assert missed("How many died of Covid-19 in Hasakah?", sick) == []


# Arabic has no capitals: what stands behind "camp" or ends what is said behind "in" is a name.
@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("كم عائلة في مخيم الركبان؟", ["الركبان"]),
        ("من يدير سجن غويران؟", ["غويران"]),
        ("متى وصل مايلز كاغينز إلى مدينة الحسكة؟", []),
        ("كم مكافأة أُعلنت في إدلب؟", ["إدلب"]),
        ("ما المكافأة المعلنة في حلب والحسكة؟", ["حلب"]),
        ("من تكلم في الحسكة والرقة؟", []),
        ("كم بئراً في قرية عين عيسى؟", ["عين عيسى"]),
        ("كم دفعت المحامية هيفاء الخطيب؟", ["هيفاء"]),
        ("من هو والي الرقة؟", []),
        # No names: a time, "how many villages were", "for the sun".
        ("ماذا أُعلن في تشرين الأول؟", []),
        ("كم قرية بقيت بلا كهرباء؟", []),
        ("أين أكبر محطة للطاقة؟", []),
        ("متى عادت العائلات إلى بيوتها؟", []),
        # Who is in a place gives it no name.
        ("هل يوجد أجانب في سجون عناصر التنظيم؟", []),
        ("كم خيمة في مخيم النازحين؟", []),
        ("من يحرس سجون المقاتلين؟", []),
        ("كم خيمة في مخيم نازحان؟", ["نازحان"]),
    ],
)
def test_a_name_without_capitals_is_known_by_what_stands_before_it(question, missing):
    assert missed(question) == missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Wer sprach in Idlib?", ["Idlib"]),
        ("Wer sprach in Hasakah über den Preis?", []),
        ("Wer sprach in der Stadt?", []),
    ],
)
def test_a_german_name_stands_behind_a_preposition_without_an_article(question, missing):
    assert missed(question) == missing


def test_a_capital_at_the_beginning_makes_no_name():
    table = load_bundled()
    for question in ("Après la fin, qui parle ?", "Koalisyon ne dedi?", "Reportedly, who spoke?"):
        assert names_of(read(question, table)) == []
    (name,) = names_of(read("Omar Haddad said what?", table))
    assert len(name) == 2
    assert missed("Peki neden?", history=["Manbij nerede?"]) == []


def test_nothing_is_missed_by_a_question_without_names():
    assert missed("من أعلن المكافأة؟") == []


CORONA = Article(
    "c",
    "وسُجلت في المنطقة ثلاث إصابات مؤكدة بفيروس كورونا، وقدمت اليونيسف كمامات للمدارس.",
    language="ar",
)
MEASLES = Article("m", "Doctors fear that measles and cholera spread in the camp.", language="en")


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How many cholera cases were recorded?", ["cholera"]),
        ("Cholera: how many cases were recorded?", ["Cholera"]),
        ("How many corona cases were recorded?", []),
        ("How many Covid-19 cases were recorded?", []),
        ("كم مصاباً بالكوليرا في المنطقة؟", ["بالكوليرا"]),
        ("كم إصابة بكورونا سُجلت في المنطقة؟", []),
        ("كم إصابة بشلل الأطفال سُجلت؟", ["بشلل الأطفال"]),
        ("Combien de cas de rougeole ont été signalés ?", ["rougeole"]),
        ("Wie viele Fälle von Cholera gab es?", ["Cholera"]),
        ("¿Cuántos casos de cólera hubo?", ["cólera"]),
        ("Kaç kolera vakası görüldü?", ["kolera"]),
        ("Сколько случаев холеры выявили?", ["холеры"]),
        ("چند مورد وبا ثبت شد؟", ["وبا"]),
        ("چەند کەس تووشی کۆلێرا بوون؟", ["کۆلێرا"]),
        ("Çend kes bi kolera ketin?", ["kolera"]),
        ("ماذا قدمت اليونسكو للمدارس؟", ["اليونسكو"]),
        ("ماذا قدمت اليونيسف للمدارس؟", []),
        ("Was brachte UNESCO den Schulen?", ["UNESCO"]),
        # Small, "us" is not the country.
        ("How many did they give to us?", []),
    ],
)
def test_illnesses_and_agencies_are_names_however_they_are_written(question, missing):
    assert missed(question, CORONA) == missing


@pytest.mark.parametrize(
    "question",
    [
        "كم حالة حصبة في المخيم؟", "هل ينتشر الكوليرا في المخيم؟", "Kızamık kampta yayılıyor mu?",
        "Распространяется ли холера в лагере?", "آیا سرخک در اردوگاه شایع است؟",
    ],
)  # fmt: skip
def test_an_illness_is_met_in_another_language(question):
    assert missed(question, MEASLES) == []


@pytest.mark.parametrize(
    ("name", "met"),
    [("Tisrin", True), ("Qamislo", True), ("Qamilo", False), ("Tasrif", False), ("Lisbon", False)],
)
def test_a_name_typed_without_its_cedilla_is_met(name, met):
    text = "عاد التيار من سد تشرين إلى القامشلي. وفرح الشبان."
    article = Article("c", text, language="ar")
    assert missed(f"When did power return to {name}?", article) == [name] * (not met)


def test_the_last_vowel_of_a_name_stands_in_arabic_too():
    text = "توقف الجسر بعد أن قطع الفيضان الحبال في العزل. وتحدث حمو مع روجدا."
    article = Article("b", text, language="ar")
    assert missed("By how much did the Quito rise near Oslo?", article) == ["Quito", "Oslo"]
    assert missed("What did Hamo say to Rojda?", article) == []


def test_a_number_is_no_name():
    text = "عبرت عشرة شاحنات جسر العشارة في تشرين."
    article = Article("b", text.replace("العشارة", "الميادين"), language="ar")
    question = "How many trucks crossed the bridge of Ashara?"
    assert missed(question, article) == ["Ashara"]
    assert missed(question, replace(article, text=text)) == []
    # A month may be the name of a dam.
    assert missed("Who crossed at Tishreen?", article) == []


def test_what_an_article_writes_small_is_no_name():
    crash = Article("d", "The bus left the road, the police said. Said Omar saw it.", language="en")
    assert missed("Who drove the bus in Suwayda?", crash) == []
    crash = Article("d", "The bus left the road, the police said.", language="en")
    assert missed("Who drove the bus in Suwayda?", crash) == ["Suwayda"]


def test_two_letters_of_one_sound_may_be_two_sounds():
    dam = Article("d", "One turbine of the Tishreen dam is running.", language="en")
    assert missed("كم توربيناً يعمل في سد تشرين؟", dam) == []
    assert missed("كم توربيناً يعمل في سد تشاد؟", dam) == ["تشاد"]
    state = Article("t", "The army of Chad left Tabqa.", language="en")
    assert missed("من غادر مدينة تشاد؟", state) == []
    assert missed("من غادر مدينة تشرين؟", state) == ["تشرين"]


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("Who lives in Ras al-Ain?", "قادة يعيشون في سري كانيه وتل ابيض.", []),
        ("من يعيش في رأس العين؟", "قادة يعيشون في سري كانيه وتل ابيض.", []),
        ("Who lives in Kobani?", "قادة يعيشون في سري كانيه وتل ابيض.", ["Kobani"]),
        ("Wer lebt in Kobane?", "وصلت القافلة إلى عين العرب.", []),
        ("Who opened the library of Derik?", "ذكر مجلس دير الزور المدني ذلك.", ["Derik"]),
        ("Who lives in Malikiyah?", "المال في المدينة قليل.", ["Malikiyah"]),
        ("Who lives in Derik?", "سكان المالكية وسكان الحسكة.", []),
        # In one word or in two, and told as one.
        ("Who governs Deir ez-Zor?", "ديرالزور هي خط الدفاع.", []),
        ("Who governs Deir ez-Zor?", "الرقة هي خط الدفاع.", ["Deir ez-Zor"]),
        ("ماذا حدث في دير الزور؟", "ديرالزور هي خط الدفاع.", []),
        ("من هو مدير المركز الإعلامي للبيشمركة؟", "مدير المركز الإعلامي لقسد.", ["للبيشمركة"]),
        ("من هو الناطق باسم حزب الله؟", "الناطق باسم الحشد الشعبي.", ["حزب الله"]),
    ],
)
def test_towns_with_two_names_and_armed_groups_are_known(question, text, missing):
    article = Article("t", text, language="ar")
    assert missed(question, article) == missing


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("Did Al-Shabab's board sell him?", "قالت إدارة الشباب إنها لن تبيع.", []),
        ("Who owns the Jubail's port?", "قالت إدارة الشباب إنها لن تبيع.", ["Jubail's"]),
        # Arabic writes foreign names in two words, and "in" with a name.
        ("Who shows it on Snapchat?", "يعرض ذلك على سناب شات كل يوم.", []),
        ("Who shows it on Snapchat?", "سنابل القمح في شاتيلا.", ["Snapchat"]),
        ("Who plays in Sharm el-Sheikh?", "تقام البطولة بشرم الشيخ المصرية.", []),
        ("Qui l'a accueilli à Djeddah ?", "استقبلت الطائرة بجدة أمس.", []),
        ("متى تهبط طائرتهم في جدة؟", "استقبلت الطائرة بجدة أمس.", []),
        ("Who saw the camp of Atme?", "قالت فاطمة إن الماء انقطع.", ["Atme"]),
        # With too few consonants for a key.
        ("Was Khalid Eisa sent off?", "طُرد حارس العين خالد عيسى.", []),
        ("Was Khalid Ali sent off?", "طُرد حارس العين خالد عيسى.", ["Khalid Ali"]),
        ("À qui écrit Turki al-Fayçal ?", "كتب الأمير تركي الفيصل رسالة.", []),
        ("Who runs the Water Directorate?", "قال مدير المديرية العامة للمياه.", []),
        ("Which Yemeni minister spoke?", "تحدث وزير من اليمن أمس.", []),
        ("Which Yemeni minister spoke?", "يمنح الوزير الجوائز أمس.", ["Yemeni"]),
        # Where an article was read is no place.
        ("في مقال «الوطن» من يخرج بأكبر نفع؟", "الغرب هو المستفيد الأكبر.", []),
        ("في منبج من يخرج بأكبر نفع؟", "الغرب هو المستفيد الأكبر.", ["منبج"]),
    ],
)
def test_names_are_met_as_newspapers_write_them(question, text, missing):
    assert missed(question, Article("n", text, language="ar")) == missing


def test_a_people_is_met_by_its_country_and_tells_little_where_most_articles_name_it():
    egypt = Article("e", "ارتفعت الحرارة في مصر.", language="ar")
    jordan = Article("j", "ارتفعت الحرارة في الأردن.", language="ar")
    none = Article("n", "ارتفعت الحرارة في الجنوب.", language="ar")
    reading = read("Which Egyptian governorate was hottest?", load_bundled())

    def told(article, *among):
        return lacking(reading, article, load_bundled(), among)

    assert told(egypt, egypt, none) == []
    assert told(none, jordan, none) == [("Egyptian", 1.0)]
    ((name, much),) = told(none, egypt, egypt, none)
    assert name == "Egyptian"
    assert 0 < much < 1
