"""What is counted in a text, and who is introduced, only where a question can say it."""

import pytest

from ui.server.suggestions.facts import Person, counted, people


@pytest.mark.parametrize(
    ("text", "language", "noun"),
    [
        ("It has 1,200 workers.", "en", "workers"),
        ("It took 15 days, 3 workers said.", "en", "workers"),
        ("It cost $310 millions.", "en", None),
        ("Route 5 passes here.", "en", None),
        ("On 3 October the bridge opened.", "en", None),
        ("كان فيها ٤٦٠ ألف نسمة.", "ar", "نسمة"),
        ("بعد توقف دام ١٥ يوماً وصلت 60 شاحنة.", "ar", "شاحنة"),
        ("في عام 2020 عاد الناس.", "ar", None),
        ("وصل 12 بيتًا.", "ar", "بيتًا"),
        ("310 hectares", "tr", None),
    ],
)
def test_what_is_counted(text, language, noun):
    assert next(counted(text, language), None) == noun


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("said the mayor, Samira Kalo, on Friday", "en", Person("Samira Kalo")),
        ("said engineer Omar al-Khalil.", "en", Person("Omar al-Khalil")),
        ("The director of the camp said so.", "en", None),
        ("Samira Kalo said so.", "en", None),
        ("وقال الطبيب مأمون الجاسم إن الوضع صعب", "ar", Person("الطبيب مأمون الجاسم")),
        ("القاضية أفين شيخو، أمس", "ar", Person("القاضية أفين شيخو", woman=True)),
        ("وقال الطبيب إن الوضع صعب", "ar", None),
        ("وقال الطبيب مأمون للصحفيين أمس", "ar", None),
    ],
)
def test_who_is_introduced(text, language, found):
    assert next(people(text, language), None) == found
