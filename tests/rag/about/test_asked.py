"""Which questions are small talk or about the library, and which only look like it."""

import pytest

from rag.about.asked import asked
from rag.about.wording import tables
from rag.reading.languages import may_be_about

KINDS = ("hello", "thanks", "dalil", "count", "outlets", "languages", "dates", "mentions")
ASKED = {
    "hello": "Hello!|hi there|Good morning|How are you?|مرحبا|مرحباً دليل|السلام عليكم|"
    "السلام عليكم ورحمة الله وبركاته|صباح الخير|أهلا وسهلا|شلونك|كيفك|Bonjour|Guten Tag|¡Hola!|"
    "Merhaba|Здравствуйте!|درود|سڵاو|Rojbaş",
    "thanks": "Thanks|Thank you very much!|شكرا|شكراً جزيلاً|يسلمو|يعطيك العافية|Merci beaucoup|"
    "Vielen Dank|Muchas gracias|Teşekkürler|Спасибо большое|متشکرم|زۆر سوپاس|Spas",
    "dalil": "Who are you?|What can you do?|What is your name|Are you a robot?|help|من أنت؟|"
    "مين أنت|مين إنت؟|ماذا يمكنك أن تفعل؟|كيف تعمل؟|شو اسمك|Qui êtes-vous ?|Wer bist du?|"
    "¿Quién eres?|Sen kimsin?|Кто ты?|شما کی هستید؟|تۆ کێیت؟|Tu kî yî?",
    "count": "How many articles do you have?|Hello, how many articles do you have?|"
    "How many stories are there in the library?|كم مقالا لديك|كم مقالاً لديك؟|كم عدد المقالات؟|"
    "قديش عندك مقال؟|Combien d'articles avez-vous ?|Wie viele Artikel gibt es?|"
    "¿Cuántos artículos tienes?|Kaç makale var?|Сколько у тебя статей?|چند مقاله دارید؟|"
    "چەند وتارت هەیە؟|Çend gotar hene?",
    "outlets": "What outlets?|What are your sources?|Which newspapers do you have?|"
    "Where do your articles come from?|ما هي المصادر؟|ما هي المصادر|ما هي مصادرك؟|"
    "شو المصادر عندك|من أين تأتي معلوماتك؟|Quelles sont vos sources ?|Welche Quellen hast du?|"
    "¿Cuáles son tus fuentes?|Kaynakların neler?|Какие у тебя источники?|منابع شما چیست؟|"
    "سەرچاوەکان چین؟|Çavkaniyên te çi ne?",
    "languages": "Which languages?|What languages are the articles in?|Do you speak Arabic?|"
    "ما هي اللغات المتاحة؟|ما لغة المقالات؟|هل تتحدث العربية؟|Quelles langues parlez-vous ?|"
    "Welche Sprachen sprichst du?|¿En qué idiomas están los artículos?|Hangi diller var?|"
    "На каких языках статьи?|چه زبانی بلدی؟|Tu kîjan zimanan dizanî?",
    "dates": "From when to when?|From when to when are the articles?|What period do you cover?|"
    "What is the oldest article?|من متى إلى متى؟|من متى إلى متى المقالات؟|ما أحدث مقال لديك؟|"
    "De quand à quand ?|Von wann bis wann?|¿De cuándo son los artículos?|"
    "Ne zamandan ne zamana kadar?|С какого по какое время?|از کی تا کی؟|Ji kengî heta kengî?",
}
TOPICS = [
    ("What do you know about Hajji Abdullah?", "Hajji Abdullah"),
    ("How many articles mention the SDF?", "the SDF"),
    ("Do you have anything about Raqqa?", "Raqqa"),
    ("ماذا تعرف عن الحسكة؟", "الحسكة"),
    ("شو بتعرف عن مخيم الهول", "مخيم الهول"),
    ("كم مقالاً يذكر الرقة؟", "الرقة"),
    ("Que savez-vous de Raqqa ?", "Raqqa"),
    ("Was weißt du über Kobane?", "Kobane"),
    ("¿Qué sabes de Raqqa?", "Raqqa"),
    ("Haseke hakkında ne biliyorsun?", "Haseke"),
    ("Что ты знаешь о Ракке?", "Ракке"),
    ("درباره حسکه چه می‌دانی؟", "حسکه"),
    ("دەربارەی حەسەکە چی دەزانیت؟", "حەسەکە"),
    ("Tu derbarê Hesekê de çi dizanî?", "Hesekê"),
]
NOT_ASKED = [
    "How many articles of the constitution were amended?",
    "How many articles does the new constitution have?",
    "How many articles in the treaty mention prisoners?",
    "Who are you going to meet, said the minister?",
    "hello Kitty museum",
    "Who said hello to the president?",
    "When was the Hello Kitty museum opened?",
    "Thanks to whom was the bridge repaired?",
    "Whom did the governor thank?",
    "What can you do if the water is cut?",
    "What are the sources of the Euphrates?",
    "What sources confirmed the attack?",
    "Which newspapers were closed in Raqqa?",
    "Which languages do the people of Hasakah speak?",
    "What languages are taught in the schools?",
    "From when to when was the curfew?",
    "From when to when was the bridge closed?",
    "What period does the contract cover?",
    "Who helped the families?",
    "What is this year's wheat price?",
    "What is the library in Amuda called?",
    "How big is the library in Amuda?",
    "How many reports of torture were there?",
    "How many documents were found in the house?",
    "What do you know about him?",
    "What do you know about it?",
    "What do you know about the reasons why the negotiations between the two sides failed?",
    "Do you have to pay to cross the bridge?",
    "Are you there, asked the pilot?",
    "Where do the refugees come from?",
    "Where does the information about the attack come from?",
    "Who is Dalil Hassan?",
    "What does the agency say?",
    "Good morning Aleppo festival",
    "Who are the sources of the report?",
    "من أنتخب رئيساً للمجلس؟",
    "من أنت قاتلي، سأل القاضي؟",
    "كم مقالاً كتب الصحفي؟",
    "كم مادة في الدستور؟",
    "كم عدد المقالات التي حذفها المجلس؟",
    "ما هي مصادر المياه في الحسكة؟",
    "ما هي مصادر تمويل داعش؟",
    "ما المصادر التي أكدت الهجوم؟",
    "أين السلام في سوريا؟",
    "متى يحل السلام في سوريا؟",
    "هل السلام عليكم أغنية؟",
    "من قال مرحبا للرئيس؟",
    "من متى إلى متى كان حظر التجول؟",
    "ما هي اللغات التي تدرس في المدارس؟",
    "ما اللغات التي يتحدثها سكان القامشلي؟",
    "لمن وجه الرئيس الشكر؟",
    "ما دليل المحكمة على التهمة؟",
    "كيف تعمل محطة علوك؟",
    "ماذا تعرف عنه؟",
    "كم خبراً كاذباً نشر؟",
    "ماذا يعرف السكان عن الحادث؟",
    "كيف حال الجرحى؟",
    "من ساعد العائلات؟",
    "كم يوماً استغرقت الرحلة؟",
    "Combien d'articles compte la constitution ?",
    "Qui a remercié le ministre ?",
    "Quelles sources ont confirmé l'attaque ?",
    "Wie viele Artikel hat das Grundgesetz?",
    "Wer hat Hallo gesagt?",
    "Welche Sprachen sprechen die Bewohner von Hasaka?",
    "¿Cuántos artículos tiene la constitución?",
    "¿Quién dio las gracias al ministro?",
    "Anayasanın kaç maddesi var?",
    "Hangi gazeteler kapatıldı?",
    "Сколько статей в конституции?",
    "Кто ты такой, спросил судья?",
    "چند مقاله در مجله چاپ شد؟",
    "سلام را چه کسی نوشت؟",
    "چەند کەس گەڕانەوە؟",
    "Çend malbat vegeriyan?",
    "",
    "?",
    "12",
]


@pytest.mark.parametrize(
    ("kind", "question"), [(kind, q) for kind, listed in ASKED.items() for q in listed.split("|")]
)
def test_small_talk_is_known(kind, question):
    found = asked(question)
    assert found is not None
    assert found.kind == kind
    assert may_be_about(question), "The words that call for a closer look lack one of this."


@pytest.mark.parametrize(("question", "topic"), TOPICS)
def test_what_is_to_be_mentioned_is_read(question, topic):
    found = asked(question)
    assert found is not None
    assert (found.kind, found.topic) == ("mentions", topic)
    assert may_be_about(question)


@pytest.mark.parametrize("question", NOT_ASKED)
def test_what_only_looks_like_it_is_left_to_the_articles(question):
    assert asked(question) is None


def test_nobody_greets_at_length():
    assert asked("hello " * 20) is None


def test_every_language_has_every_sentence_and_kind():
    english = tables()["en"]
    for language, table in tables().items():
        assert set(KINDS) <= table.keys(), language
        assert english["say"].keys() == table["say"].keys() - {"semicolon"}, language
        assert english["names"].keys() == table["names"].keys() == {*tables(), "und"}, language
