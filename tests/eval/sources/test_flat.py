"""A user's own table to cases: separators, spellings of true, JSONL's flat shape, bad input."""

import codecs
import json

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from eval.cases.case import Case, Evidence, place
from eval.sources import read_any, read_flat

FULL = """\
id,question,language,answerable,article,evidence,answers,tags,history,note
q1,كم شتلة خسر البستان؟,ar,true,orchard.md,"عشرة آلاف شتلة، في ليلة",عشرة آلاف|10,number reason,,
q2,"When, then?",en,yes,ferry.md,at six,six|at six,date|follow-up,Does the ferry sail?|Daily?,urgent
q3,Who sells clocks?,,no,,,,name,,
"""


@pytest.fixture
def write(tmp_path):
    def save(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


def test_a_table_is_read_with_all_its_columns(write):
    first, second, third = read_flat(write("own.csv", FULL.replace("|10,", "|10 آلاف,")))
    assert first == Case(
        id="q1",
        question="كم شتلة خسر البستان؟",
        language="ar",
        answerable=True,
        evidence=(Evidence(article="orchard.md", quote="عشرة آلاف شتلة، في ليلة"),),
        answers=("عشرة آلاف", "10 آلاف"),
        tags=("number", "reason"),
    )
    assert second.history == ("Does the ferry sail?", "Daily?")
    assert (second.tags, second.note) == (("date", "follow-up"), "urgent")
    assert second.answers == ("six", "at six")
    assert (third.language, third.answerable, third.evidence) == ("en", False, ())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_spreadsheets_write_it_in_many_ways(write, delimiter, mark, ending):
    rows = [
        ["Question", " ID", "answers", ""],
        ["متى تغادر العبّارة؟", "a", "السادسة|6"],
        [],
        [f'"Wann; wo, \tund{ending}wie?"', "b", "", ""],
    ]
    content = mark + ending.join(delimiter.join(row) for row in rows).encode()
    first, second = read_flat(write("own.csv", content))
    assert (first.id, first.language, first.answers) == ("a", "ar", ("السادسة", "6"))
    assert (second.id, second.language, second.answerable) == ("b", "de", None)
    assert second.question == f"Wann; wo, \tund{ending}wie?"


def test_the_tab_separated_suffix_is_known(write):
    (case,) = read_any(write("own.TSV", "question\tanswers\nWho left?\tSalma, her brother\n"))
    assert (case.answers, case.answerable) == (("Salma, her brother",), True)


def test_ids_follow_from_what_is_asked(write):
    lines = ["question,history", "Who left?,", "Who left?,The ferry?", "من غادر؟,"]
    forth = read_flat(write("own.csv", "\n".join(lines)))
    back = read_flat(write("own.csv", "\n".join([lines[0], *reversed(lines[1:])])))
    assert {case.id for case in forth} == {case.id for case in back}
    assert len({case.id for case in forth}) == 3
    assert all(case.id.startswith("own-") for case in forth)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("TRUE", True), ("نعم", True), ("WAHR", True), ("0", False), ("لا", False), ("Faux", False)],
)
def test_true_and_false_in_the_languages_of_spreadsheets(write, written, meant):
    answers = "Salma" if meant else ""
    (case,) = read_flat(write("own.csv", f"question,answerable,answers\nWho?,{written},{answers}"))
    assert case.answerable is meant


def test_older_case_files_are_read(write):
    records = [
        {
            "id": "old-1", "lang": "en", "question": "How many seedlings?", "answerable": True,
            "article": "orchard.md", "evidence": "عشرة آلاف شتلة", "answers": ["10,000"],
            "tags": ["number"],
            "more_evidence": [{"article": "frost.md", "evidence": "ten thousand seedlings"}],
        },
        {
            "id": "old-2", "lang": "ar", "question": "من يبيع الساعات؟", "answerable": False,
            "article": None, "evidence": None, "answers": [], "history": ["من يصلحها؟"],
        },
    ]  # fmt: skip
    path = write("old.jsonl", "\n".join(json.dumps(record) for record in records))
    cases = read_any(path)
    assert cases == read_flat(path)
    assert cases[0].evidence == (
        Evidence(article="orchard.md", quote="عشرة آلاف شتلة", fact="answer"),
        Evidence(article="frost.md", quote="ten thousand seedlings", fact="answer"),
    )
    assert (cases[1].answerable, cases[1].history) == (False, ("من يصلحها؟",))
    articles = [
        Article("a", "خسر البستان عشرة آلاف شتلة.", source="orchard.md"),
        Article("b", "It lost ten thousand seedlings.", source="frost.md"),
    ]
    assert [len(fact.spans) for fact in place(cases, iter(articles))[0].facts] == [2]


def test_dalils_own_cases_are_told_from_flat_ones(write, tmp_path):
    own = {
        "id": "own-1", "question": "Who?", "language": "en", "answerable": True,
        "evidence": [{"article": "a", "quote": "Salma"}],
    }  # fmt: skip
    path = write("own.jsonl", json.dumps(own))
    assert read_any(path) == read_any(tmp_path)
    assert read_any(path)[0].evidence == (Evidence(article="a", quote="Salma"),)
    flat = write("flat.jsonl", json.dumps({"question": "Who?", "article": "a", "evidence": "b"}))
    assert read_any(flat)[0].evidence == (Evidence(article="a", quote="b"),)
    assert read_any(write("nothing.jsonl", "\n")) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("id,answer\na,b", r"line 1: no column can be called 'answer'; the columns are question, "),
        ("id,note\na,b", "line 1: no column is «question»"),
        ("question,id,ID\na,b,c", "line 1: two columns are called 'id'"),
        ("question,id\nWho?,a\n ,b", "line 3: the question is empty"),
        ('question,id\n"Who\nelse?",a\nWho?,a', "line 4: the id 'a' is used twice"),
        ("question\nWho?\nمن؟\nWho?", "line 4: the question is asked twice"),
        ("question,answerable\nWho?,perhaps", "line 2: answerable is 'perhaps'"),
        ("question,answerable\nWho?,yes", "line 2: the case is answerable but has neither"),
        ("question,answerable,answers\nWho?,no,Salma", "line 2: the case has evidence or answers"),
        ("question,evidence\nWho?,Salma", "line 2: the evidence has no article"),
        ("question,article\nWho?,a.md", "line 2: the article has no evidence"),
        ("question,note\nWho, then?,a,b", "line 2: there are 4 fields for 2 columns"),
        ('question\n"Who?" he asked', "line 2: .* mend the quotes"),
        ('question\nWho?\n"Who else?', "line 3: .* mend the quotes"),
        (b"question\nWho?\nM\xfcller?", "line 3: not in UTF-8"),
        (codecs.BOM_UTF16_LE + "question\nمن؟".encode("utf-16-le"), "line 1: not in UTF-8"),
    ],
)
def test_a_bad_table_is_told_with_its_line(write, content, told):
    path = write("bad.csv", content)
    with pytest.raises(DalilError, match=told) as raised:
        read_flat(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"lang": "en"}', "line 2: .*question"),
        ('{"question": "Who?", "langauge": "en"}', "line 2: .*langauge"),
        ('{"question": "Who?", "answers": "Salma"}', "line 2: .*array"),
        ('{"question": "Who?", "lang": "en", "language": "en"}', "line 2: language and lang"),
        ('{"question": "Who?"', "line 2: "),
        ("[]", "line 2: "),
    ],
)
def test_a_bad_record_is_told_with_its_line(write, line, told):
    path = write("bad.jsonl", '{"lang": "en", "question": "When?"}\n' + line)
    with pytest.raises(DalilError, match=told) as raised:
        read_any(path)
    assert str(path) in str(raised.value)


def test_a_missing_file_is_told(tmp_path):
    for name in ("none.csv", "none.jsonl"):
        with pytest.raises(DalilError, match=f"{name} cannot be read"):
            read_any(tmp_path / name)
