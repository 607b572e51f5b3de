"""The stage on news asks of documents with long sentences, and of some others beside them."""

from index.training.questions.documents import Document
from index.training.questions.written import WrittenQuestion
from index.training.reader import examples
from index.training.reader.stages import news
from tests.index.training.reader.stages.test_crossing import SENTENCES, data  # noqa: F401 - a fixture

LONG = {
    "ar": (
        "قال المتحدث باسم البلدية صباح الأحد خلال مؤتمر صحفي عقده في مبناها إن الجسر القديم "
        "سيغلق مدة شهرين لأن أعمدته تصدعت بعد السيول.",
        "وأضاف المتحدث باسم البلدية أن الجسر القديم سيفتح أمام المشاة قبل غيرهم، نافياً أن يكون "
        "أحد من العمال قد أصيب خلال أعمال الترميم التي بدأت الشهر الماضي.",
    ),
    "en": ("The bridge is closed because its pillars cracked.", "He denied that anyone was hurt."),
}


def asked(name, question, evidence):
    near = [] if evidence else [0]
    return WrittenQuestion(name, name, "en", question, "why", "plain", evidence, {}, [], near, None)


def test_reports_come_first_and_others_beside_them(data, monkeypatch):  # noqa: F811
    documents = {"long": Document("long", LONG), "short": Document("short", SENTENCES)}
    questions = [asked("long", "Why can nobody cross?", [0]), asked("short", "What closed?", [1])]
    for module in (examples, news):
        monkeypatch.setattr(module, "read_documents", lambda _: documents)
    monkeypatch.setattr(examples, "read_questions", lambda: questions)
    found = news.news_examples(data, [])
    assert found == news.news_examples(data, [])
    reports = [each for each in found if each.question == "Why can nobody cross?" and each.right]
    assert {each.passage for each in reports} == {" ".join(LONG[code]) for code in ("ar", "en")}
    # Of some sixty others no more than beside few reports.
    answered = [each for each in found if each.right and each not in reports]
    assert len(answered) <= len(reports)
    measured = [" ".join(LONG["ar"])]
    kept = news.news_examples(data, measured)
    assert kept
    assert not [each for each in kept if each.passage == measured[0]]
