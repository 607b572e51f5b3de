"""What a question asks for is seen in sentences or missed there."""

import numpy as np
import pytest

from index.encoder import load_bundled
from rag.choice.select import SelectionSettings
from rag.choice.signals import (
    beside_number,
    confidence,
    focus,
    given,
    has_kind,
    lacks_kind,
)
from rag.reading import read
from rag.reading.reading import Expected

OPENINGS = [
    ("How many lorries crossed?", Expected.NUMBER),
    ("كم شاحنة عبرت الجسر؟", Expected.NUMBER),
    ("Combien de camions ont traversé le pont ?", Expected.NUMBER),
    ("Wie lange dauerte die Sperrung der Brücke?", Expected.NUMBER),
    ("Köprüden kaç kamyon geçti?", Expected.NUMBER),
    ("چەند بارهەڵگر لە پردەکە پەڕینەوە؟", Expected.NUMBER),
    ("Çend barhilgir derbas bûn?", Expected.NUMBER),
    ("Сколько грузовиков проехало?", Expected.NUMBER),
    ("¿Cuántos camiones cruzaron?", Expected.NUMBER),
    ("متى أُغلق الجسر؟", Expected.TIME),
    ("En quelle année le pont a-t-il été fermé ?", Expected.TIME),
    ("Köprü ne zaman kapandı?", Expected.TIME),
    ("لماذا أُغلق الجسر؟", Expected.REASON),
    ("Why did the bridge close when the river rose?", Expected.REASON),
    ("Pourquoi le pont est-il fermé ?", Expected.REASON),
    ("Warum wurde die Brücke gesperrt?", Expected.REASON),
    ("Köprü neden kapandı?", Expected.REASON),
    ("Çima pir hat girtin?", Expected.REASON),
    ("بۆچی پردەکە داخرا؟", Expected.REASON),
    ("Where was the bridge built?", Expected.PLACE),
    ("أين بُني الجسر؟", Expected.PLACE),
    ("Who built the bridge?", Expected.PERSON),
    ("Was the bridge closed?", Expected.ANYTHING),
    ("What is the relief for the camp worth?", Expected.NUMBER),
    ("What was the monthly wage of the guards?", Expected.NUMBER),
    ("What did the cables of the bridge cost?", Expected.NUMBER),
    ("What was the head of the town like?", Expected.ANYTHING),
    ("Quel est le montant de l'amende ?", Expected.NUMBER),
    ("¿Cuál es el precio del pan?", Expected.NUMBER),
    ("Какова зарплата учителя?", Expected.NUMBER),
    ("ما الذي تسبب في ارتفاع المياه؟", Expected.REASON),
    ("Qu'est-ce qui a provoqué l'incendie ?", Expected.REASON),
    ("Was hat den Brand verursacht?", Expected.REASON),
    ("¿Qué provocó el incendio?", Expected.REASON),
    ("ما اسم مديرة المعسكر؟", Expected.PERSON),
    ("ما هي أسماء الضحايا؟", Expected.PERSON),
    ("ما أسماء المعتقلين؟", Expected.PERSON),
    ("ما أسماء القرى؟", Expected.ANYTHING),
    ("ما اسم الشركة؟", Expected.ANYTHING),
    ("What is the name of the new director?", Expected.PERSON),
    ("Wie heißt der Bürgermeister?", Expected.PERSON),
]


@pytest.mark.parametrize(("text", "kind"), OPENINGS)
def test_the_kind_that_is_asked_for_is_read(text, kind):
    assert read(text, load_bundled()).expected is kind


# Question, sentence, its language, whether the sentence has nothing of the kind.
SENTENCES = [
    ("How many lorries crossed?", "Forty lorries crossed.", "en", False),
    ("How many lorries crossed?", "The lorries crossed at last.", "en", True),
    ("How many of the 40 lorries burned?", "The 40 lorries were loaded.", "en", True),
    ("How many of the 40 lorries burned?", "Of 40 lorries 12 burned.", "en", False),
    ("كم شاحنة عبرت؟", "عبرت أربعون شاحنة.", "ar", False),
    ("كم شاحنة عبرت؟", "عبرت الشاحنات أخيراً.", "ar", True),
    ("ما كلفة الجسر؟", "طول الجسر 300 متر.", "ar", True),
    ("ما كلفة الجسر؟", "كلّف الجسر 300 ألف دولار.", "ar", False),
    ("كم بلغت مساحة الحريق؟", "شُقت ممرات طولها 14 كيلومتراً.", "ar", True),
    ("كم بلغت مساحة الحريق؟", "أتت النار على 180 هكتاراً.", "ar", False),
    ("How many people live in the area?", "It holds 300 people.", "en", False),
    ("كم كانت الضريبة؟", "عبرت 450 شاحنة.", "ar", True),
    ("By how much did it rise?", "It rose by 2 metres.", "en", False),
    ("How long did it take?", "It took 12 weeks.", "en", False),
    ("How long did it take?", "It carried 12 lorries.", "en", True),
    ("When did it open?", "It opened in 1994.", "ar", False),
    ("When did it open?", "It opened with songs.", "en", True),
    ("Why did it close?", "It closed because the river rose.", "en", False),
    ("Why did it close?", "It closed.", "en", True),
    ("لماذا أُغلق؟", "أُغلق بسبب الفيضان.", "ar", False),
    ("Who opened Mansura bridge?", "It was opened by Ramin Sofi.", "en", False),
    ("Who opened Mansura bridge?", "It was opened at Mansura.", "en", True),
    ("من افتتح الجسر؟", "افتتحته مديرة البلدية نور حمدي.", "ar", False),
    ("من افتتح الجسر؟", "افتُتح الجسر أمس.", "ar", True),
    ("من افتتح الجسر؟", "افتتحه نور حمدي، الذي يرأس البلدية.", "ar", False),
    ("من افتتح الجسر؟", "افتتحه الروائي نور حمدي.", "ar", False),
    ("من افتتح الجسر؟", "افتُتح الجسر، وهو ما طال انتظاره.", "ar", True),
    ("Was it opened?", "It was opened.", "en", False),
]


@pytest.mark.parametrize(("question", "sentence", "language", "lacks"), SENTENCES)
def test_a_sentence_without_the_kind_is_seen(question, sentence, language, lacks):
    assert lacks_kind(read(question, load_bundled()), sentence, language) is lacks


def test_a_word_counts_in_its_own_language_alone():
    asked = read("Why was the road closed?", load_bundled())
    assert has_kind(asked, "la route est coupée car la neige tombe", "fr")
    assert not has_kind(asked, "the road is closed to every car", "en")
    # Of a text in an unknown language any may be meant.
    assert has_kind(asked, "the road is closed to every car", None)


# Question, those before it, whether a person is enough to have the kind that is asked for.
PERSONS = [
    ("Who opened Mansura bridge?", (), True),
    ("Who opened the long bridge behind the old mill?", (), True),
    # Whom these mean nobody knows: any name would do.
    ("Who opened the bridge?", (), False),
    ("And who opened it?", ("When was Mansura bridge opened?",), False),
]


@pytest.mark.parametrize(("question", "history", "has"), PERSONS)
def test_a_person_is_the_kind_asked_for_where_the_question_tells_which(question, history, has):
    reading = read(question, load_bundled(), history)
    assert has_kind(reading, "It was opened by the mayor, Ramin Sofi.", "en") is has
    assert not has_kind(reading, "it was opened at last.", "en")


def test_a_number_without_the_unit_asked_for_is_not_the_kind():
    reading = read("What did the repairs cost?", load_bundled())
    assert has_kind(reading, "Repairs cost 640 dollars.", "en")
    assert not has_kind(reading, "Repairs took 640 days.", "en")


def weights_of(text, history=()):
    asked = read(text, load_bundled(), history)
    found = focus(asked)
    return {asked.words[place].text: float(found[place]) for place in np.flatnonzero(found)}


def test_the_word_after_the_question_word_is_asked_for():
    assert weights_of("How many families left the camp?") == {"families": 1.0, "left": 0.5}
    assert weights_of("كم عائلة خرجت من المخيم؟") == {"عائلة": 1.0, "خرجت": 0.5}
    assert weights_of("Did the families leave?") == {}
    followed = weights_of("And how many tents did they get?", ["How many families left?"])
    assert "tents" in followed
    assert "families" not in followed


def test_a_number_beside_what_is_counted_is_worth_more():
    asked = read("How many tents were handed out?", load_bundled())

    def worth(text):
        return beside_number(asked, text, load_bundled())

    near = worth("The camp got 300 tents after the storm had passed.")
    far = worth("The tents came after the storm, for which 300 families had waited.")
    assert near > far > worth("The tents came after the storm.") == 0.0


GIVEN = [
    ("How many people died?", "At least 4 people died on 14 July.", None, {"4"}),
    ("When did they die?", "At least 4 people died on 14 July.", None, {"@7", "@7-14"}),
    # Of several numbers those in the words that answer, and what they only touch.
    ("How many people died?", "It killed four and hurt nine.", "four", {"4"}),
    ("When did they die?", "At least 4 people died on 14 July.", "14", {"@7-14"}),
    # A question may ask for a number by any word.
    ("What was the death toll?", "It killed four people.", "four people", {"4"}),
    ("What did they find?", "It held four jars and a lamp of clay.", "four jars and a lamp", set()),
    # A number is one word, in however many it is written.
    ("What did it come to?", "بلغت مليونين وأربعمئة ألف دولار.", "مليونين وأربعمئة ألف دولار",
     {"2400000"}),
    ("What did it come to?", "They sent two hundred and six lorries of flour.",
     "two hundred and six lorries of flour", set()),
    ("What was the loss?", "It killed four people.", None, set()),
    ("What was the death toll?", "It killed four people.", None, {"4"}),
    ("Who died?", "It killed four people.", "four people", set()),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "focus", "terms"), GIVEN)
def test_what_a_text_gives_as_an_answer(question, text, focus, terms):
    start = text.find(focus) if focus else 0
    span = (start, start + len(focus)) if focus else None
    assert given(read(question, load_bundled()), text, span) == terms


@pytest.mark.parametrize("reader", [True, False])
def test_what_names_another_is_answered_at_no_caution(reader):
    shipped = SelectionSettings.read(reader=reader)
    sure = confidence({"bias": 1.0, "unnamed": 1.0}, {"bias": 1e3, "unnamed": 0.0})
    for caution in ("strict", "normal", "eager"):
        assert sure < shipped.at(caution).threshold
