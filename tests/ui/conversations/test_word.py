"""A conversation as a Word document: every quote comes back, each text goes its own way."""

import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from lxml import etree

from corpus.article import Article
from corpus.load import load_articles
from rag.answer import Answer, Citation, Statement
from rag.citing.cite import compose
from rag.citing.refusal import refusal
from rag.citing.saved import SavedAnswer
from ui.conversations.word import document

NOW = datetime(2020, 7, 2, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ARABIC = Article(
    "ar", "وقال القائد: «خُصصت مكافأة  قدرها 10 ملايين دولار (SDF)». ثم غادر\u200cها.",
    "مكافأة", "صدى", None, "https://sada.example/a?b=1&c=2", date(2020, 7, 1), "ar",
    pages=((0, 3),),
)  # fmt: skip
ENGLISH = Article("en 1", "The “market”\nof قامشلو opened & <closed>.\x07", None, "A\u202e B")


def cited(n, article, focus=None):
    return Citation(n, article, 0, len(article.text), focus=focus)


def saved(answer):
    return SavedAnswer(answer, (), "2020-07-02T09:00:00+00:00", None)


def quoted(question, *citations, **fields):
    text = compose(question, citations, fields.get("lead"))
    return saved(Answer(question, "answered", text, 0.9, citations, **fields))


def written(*answers, language="en"):
    return document(answers, lambda c: f"http://127.0.0.1/articles/{c.n}", language, NOW)


def read(tmp_path, content):
    """What our own reader finds in a document."""
    path = tmp_path / "talk.docx"
    path.write_bytes(content)
    (found,) = load_articles(path, clean=False)
    return found.article


def body(content):
    return etree.fromstring(zipfile.ZipFile(BytesIO(content)).read("word/document.xml"))


def paragraph_with(tree, words):
    (found,) = (p for p in tree.iter(f"{W}p") if words in "".join(p.itertext()))
    return found


def test_every_quote_comes_back_by_our_own_reader(tmp_path):
    first = quoted("What reward?", cited(1, ARABIC, (20, 30)), cited(2, ENGLISH), lead="10 million")
    article = read(tmp_path, written(first, quoted("وماذا؟", cited(1, ENGLISH))))
    assert ARABIC.text in article.text
    assert article.text.count(ENGLISH.text.replace("\x07", "\ufffd")) == 2
    assert article.title == "Dalil · Conversation · 2 July 2020"
    for line in ("What reward?", "10 million", "The articles say:", "وماذا؟"):
        assert line in article.text.split("\n")
    source = "[1] مكافأة · صدى · 1 July 2020 · Page 3 · https://sada.example/a?b=1&c=2 · Show in"
    assert source in article.text
    # What nobody sees is no part of an outlet's name.
    assert "[2] A B · Show in the article" in article.text


def test_links_lead_to_the_outlet_and_to_the_passage():
    parts = zipfile.ZipFile(BytesIO(written(quoted("?", cited(1, ARABIC)))))
    related = etree.fromstring(parts.read("word/_rels/document.xml.rels"))
    links = {one.get("Target") for one in related if one.get("TargetMode") == "External"}
    assert links == {"https://sada.example/a?b=1&c=2", "http://127.0.0.1/articles/1"}


def test_an_address_that_is_no_page_of_the_web_is_no_link():
    bad = Article("x", "Text.", url="javascript:alert(1)")
    content = written(quoted("?", cited(1, bad)))
    assert b"javascript" not in zipfile.ZipFile(BytesIO(content)).read(
        "word/_rels/document.xml.rels"
    )


def test_each_text_goes_its_own_way():
    tree = body(written(quoted("What reward?", cited(1, ARABIC, (20, 30)), cited(2, ENGLISH))))
    arabic, english = paragraph_with(tree, "وقال القائد"), paragraph_with(tree, "market")
    assert arabic.find(f"{W}pPr/{W}bidi") is not None
    assert english.find(f"{W}pPr/{W}bidi") is None
    assert all(run.find(f"{W}rPr/{W}rtl") is not None for run in arabic.iter(f"{W}r"))
    assert english.find(f".//{W}rtl") is None
    assert {p.find(f"{W}pPr/{W}pStyle").get(f"{W}val") for p in (arabic, english)} == {"Quote"}
    bold = ["".join(r.itertext()) for r in arabic.iter(f"{W}r") if r.find(f".//{W}bCs") is not None
            and r.find(f"{W}rPr/{W}bCs").get(f"{W}val") is None]  # fmt: skip
    assert bold == [ARABIC.text[20:30]]
    # The heading of an Arabic document, and a line of facts in it, go as it does.
    tree = body(written(quoted("What reward?", cited(1, ENGLISH)), language="ar"))
    for words, from_right in (("دليل · المحادثة", True), ("[1] A B", True), ("What reward", False)):
        found = paragraph_with(tree, words).find(f"{W}pPr/{W}bidi")
        assert (found is not None) is from_right, words


def test_what_is_not_answered_is_not_quoted_as_if(tmp_path):
    possible = (cited(1, ARABIC),)
    unsure = Answer("Who?", "abstained", refusal("Who?", possible), 0.2, possible=possible)
    none = Answer("Else?", "abstained", refusal("Else?"), 0.1, notice="Nothing is here.")
    text = read(tmp_path, written(saved(unsure), saved(none))).text
    lines = text.split("\n")
    assert lines.index(refusal("Who?", possible)) < lines.index(ARABIC.text)
    assert "[1]" not in text
    assert [line for line in lines if line][-2:] == [refusal("Else?"), "Nothing is here."]


def test_what_a_model_wrote_is_told_from_what_the_articles_say(tmp_path):
    said = "It was 12 million [1]."
    doubt = Statement(0, 17, (1,), False, ("12",))
    answer = Answer("How much?", "answered", said, 0.5, (cited(1, ARABIC),), mode="llm",
                    statements=(doubt,))  # fmt: skip
    text = read(tmp_path, written(saved(answer))).text
    assert said in text
    assert "“It was 12 million”: not found in the sources (12)" in text
    assert "Written by a language model." in text
    assert text.index(said) < text.index(ARABIC.text)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="There is no LibreOffice.")
def test_another_program_opens_it(tmp_path):
    path = tmp_path / "talk.docx"
    path.write_bytes(written(quoted("What reward?", cited(1, ARABIC)), language="ar"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8", path.name],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert ARABIC.text in path.with_suffix(".txt").read_text(encoding="utf-8-sig")


def test_it_is_served_to_whom_the_answers_belong(open_office, kit):
    leila, omar = (kit.log_in(open_office, name) for name in ("leila", "omar"))
    asked = {"question": "متى يُفتح سوق الخضار؟"}
    answer = open_office.post("/api/ask", json=asked, headers=leila).json()
    body = {"answers": [answer["answer_id"]], "language": "ar"}
    file = open_office.post("/api/conversation.docx", json=body, headers=leila)
    assert file.headers["content-type"].endswith("wordprocessingml.document")
    assert file.headers["content-disposition"].endswith('.docx"')
    assert answer["citations"][0]["quote"] in "".join(body_texts(file.content))
    assert open_office.post("/api/conversation.docx", json=body, headers=omar).status_code == 404


def body_texts(content):
    return ["".join(p.itertext()) for p in body(content).iter(f"{W}p")]
