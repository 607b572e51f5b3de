"""The report: one file that fetches nothing, escapes everything and says what the rows say."""

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from lxml import html

from corpus.errors import DalilError
from eval import report
from eval.cases.case import Case, Span
from eval.comparing.intervals import Interval
from eval.comparing.summary import Curve, Row
from eval.judging.measures import MEASURES
from eval.judging.outcome import Attempt, Cited, Expected, Outcome
from eval.report import plots
from eval.report.page import page
from eval.report.pull_request import tables
from eval.report.verdicts import Shown, shown_as, worst_first
from eval.running.runs import Collection, Manifest, Run

QUOTE = "عادت العبّارة إلى أرواد بعد أسبوع."
OTHER = "وصل أربعون راكبًا."
HOSTILE = "</script></style><script>alert(1)</script>\"'><img src=//a.example/x onerror=b()><b>|`\n"
MANIFEST = Manifest(
    name="ferry, wider", started="2026-03-01T07:30:12+00:00", seconds=12.5, version="0.1.0",
    commit="0123456789abcdef+changes", machine="x86_64", encoder="bundled", fingerprint="feed01",
    settings={"passages": 12, "reranker": None}, cases="ferry.jsonl",
    collection=Collection("ferries", 3, 17, "beef02"),
)  # fmt: skip


def expected(fact=0, quote=QUOTE):
    return Expected(fact, Span("a", 0, len(quote)), quote, "ميناء أرواد", "ar")


def cited(right=True, quote=QUOTE):
    return Cited("a", 1, 0, len(quote), quote, "ميناء أرواد", "ar", right)


def outcome(key="c", *, answerable=True, answered=True, scores=None, confidence=0.5, **changes):
    case = Case(
        id=key, question=f"When did the ferry return ({key})?", language="en",
        answerable=answerable, tags=("date",), answers=("بعد أسبوع",) if answerable else (),
    )  # fmt: skip
    base = Outcome(
        case=case, pairs=("en-ar",) if answerable else (),
        expected=(expected(),) if answerable else (),
        status="answered" if answered else "abstained", mode="extractive",
        text=f"The articles say: “{QUOTE}” [1]" if answered else "The articles do not say.",
        confidence=confidence, citations=(cited(),) if answered else (), attempt=None,
        scores=scores or {}, milliseconds=20.0,
    )  # fmt: skip
    return replace(base, **changes)


FULL = {"citation recall": 1.0, "citation precision": 1.0}
OUTCOMES = [
    outcome("right", scores=FULL),
    outcome("partly", scores={"citation recall": 0.5, "citation precision": 1.0}),
    outcome("wrong", scores={"citation recall": 0.0, "citation precision": 0.0}),
    outcome("unsure-answer", answerable=False, confidence=0.6),
    outcome("refused", answered=False, attempt=Attempt(0.3, True)),
    outcome("sure-answer", answerable=False, confidence=0.9),
    outcome("open", answerable=None),
]
# No two numbers are the same, so that none can stand in another's place; one measure has no row.
ROWS = [
    Row("all", measure.name, 10 + number, Interval(low + 0.01, low, low + 0.02))
    for number, measure in enumerate(MEASURES)
    for low in [0.03 * number + 0.101]
    if measure.name != "exact match"
]
GROUPS = [
    Row("language en", "nDCG@10", 6, Interval(0.811, 0.711, 0.911)),
    Row("pair en-ar", "nDCG@10", 5, Interval(0.812, 0.712, 0.912)),
    Row("pair en-ar", "R@1", 5, Interval(0.5, 0.1, 0.9)),
    Row("pair en-ar", "R@5", 5, Interval(0.6, 0.2, 0.9)),
    Row("pair en-ar", "R@10", 5, Interval(0.7, 0.3, 0.9)),
    Row("tag date", "false answers", 1, Interval(0.25, 0.25, 0.25)),
]
CURVE = Curve(np.array([0.25, 0.5, 1.0]), np.array([0.0, 0.5, 0.25]), (0.5, 0.5))


def run(outcomes=OUTCOMES, manifest=MANIFEST):
    return Run(manifest, outcomes)


def parsed(outcomes=OUTCOMES, rows=(*ROWS, *GROUPS), curve=CURVE, manifest=MANIFEST):
    return html.fromstring(page(run(outcomes, manifest), rows, curve))


@pytest.fixture(scope="module")
def shown():
    """The page of the run above, read once."""
    return parsed()


def said(element):
    return " ".join(element.text_content().split())


class Elements(HTMLParser):
    """Every element that a browser would make, and all that it would show."""

    def __init__(self, content):
        super().__init__()
        self.elements, self.shown, self.styles, self._inside = [], [], [], None
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        (self.styles if self._inside == "style" else self.shown).append(data)


def hostile():
    """A run whose every text is hostile."""
    case = Case(
        id=HOSTILE, question=HOSTILE, language=HOSTILE, answerable=True, history=(HOSTILE,),
        answers=(HOSTILE,), tags=(HOSTILE,), note=HOSTILE,
    )  # fmt: skip
    bad = replace(
        outcome(scores=FULL), case=case, pairs=(HOSTILE,), mode=HOSTILE, text=HOSTILE * 2,
        expected=(Expected(0, Span("a", 0, 1), HOSTILE, HOSTILE, HOSTILE),),
        citations=(Cited(HOSTILE, 1, 0, 1, HOSTILE, HOSTILE, HOSTILE, True),),
    )  # fmt: skip
    manifest = replace(
        MANIFEST, name=HOSTILE, started=HOSTILE, commit=HOSTILE, machine=HOSTILE, encoder=HOSTILE,
        fingerprint=HOSTILE, settings={HOSTILE: HOSTILE}, cases=HOSTILE, version=HOSTILE,
        collection=Collection(HOSTILE, 1, 1, HOSTILE),
    )  # fmt: skip
    interval = Interval(0.5, 0.4, 0.6)
    rows = [
        Row(group, name, 3, interval)
        for group in ("all", f"pair {HOSTILE}", f"tag {HOSTILE}")
        for name in ("R@1", "R@5", "R@10")
    ]
    return run([bad], manifest), rows


def test_the_page_asks_for_nothing():
    read = Elements(page(run(), [*ROWS, *GROUPS], CURVE))
    addresses = [
        value
        for _, attributes in read.elements
        for name, value in attributes.items()
        if name in ("src", "srcset", "href", "xlink:href", "action", "data", "poster")
    ]
    assert addresses
    assert all(address.startswith("#") or address == "data:," for address in addresses)
    assert not {"img", "iframe", "object", "embed", "form", "base"} & {t for t, _ in read.elements}
    assert "@import" not in "".join(read.styles)
    assert "url(" not in "".join(read.styles)


def test_a_policy_forbids_all_requests(shown):
    policies = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    ]


def test_hostile_texts_are_shown_as_they_are_and_nothing_else():
    bad, rows = hostile()
    read = Elements(page(bad, rows, CURVE))
    names = [tag for tag, _ in read.elements]
    assert names.count("script") == 1
    assert not {"img", "b"} & set(names)
    assert not [name for _, attributes in read.elements for name in attributes if name[:2] == "on"]
    assert {attributes.get("lang") for _, attributes in read.elements} == {"en", "ar", "", None}
    # In the heading, the settings, and of the case at least: question, history, answer, evidence.
    assert "".join(read.shown).count(HOSTILE.strip()) > 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.measure)
def test_every_measure_stands_in_the_table_with_its_numbers(shown, row):
    found = [
        line
        for line in shown.xpath("//table[@class='measures']//tr[td]")
        if line.find("th").text_content().strip().startswith(row.measure)
        and said(line[3]) == str(row.n)
    ]
    (line,) = found
    is_time = row.measure.startswith(("latency", "first token"))
    digits = (lambda x: f"{x:.2g}") if is_time else (lambda x: f"{x:.3f}")
    interval = row.interval
    unit = " ms" if is_time else ""
    assert said(line[1]) == f"{digits(interval.value)}{unit}"
    assert said(line[2]) == f"{digits(interval.low)}–{digits(interval.high)}"


def test_a_measure_that_scores_no_case_says_so(shown):
    (line,) = shown.xpath("//table[@class='measures']//tr[th[normalize-space()='exact match']]")
    assert [said(cell) for cell in line[1:4]] == ["–", "", "0"]


def test_the_breakdown_is_empty_where_no_case_is_scored(shown):
    table = shown.xpath("//table[@class='groups']")[0]
    head = [said(cell).removesuffix(" ↓") for cell in table.xpath("thead//th")]
    lines = {
        said(line[0]): dict(zip(head[1:], map(said, line[1:]), strict=True))
        for line in table.xpath(".//tr[td]")
    }
    assert lines["en-ar"]["nDCG@10"] == "0.812 0.712–0.912 n = 5"
    assert lines["en"]["nDCG@10"] == "0.811 0.711–0.911 n = 6"
    # The interval of one case would only say its value again.
    assert lines["date"]["false answers"] == "0.250 n = 1"
    assert {name for name, text in lines["date"].items() if text} == {"false answers"}


def test_a_quote_has_its_language_and_direction(shown):
    quotes = shown.xpath("//blockquote")
    assert quotes
    for quote in quotes:
        assert (quote.text_content(), quote.get("lang"), quote.get("dir")) == (QUOTE, "ar", "rtl")


def test_an_english_answer_goes_left_to_right_around_its_arabic_quote(shown):
    answer = shown.xpath("//details[.//bdi='right']//p[@class='answer']")[0]
    assert (answer.get("lang"), answer.get("dir")) == ("en", "ltr")
    (quote,) = answer.xpath("bdi")
    assert (quote.text_content(), quote.get("lang"), quote.get("dir")) == (QUOTE, "ar", "rtl")
    assert answer.text_content() == f"The articles say: “{QUOTE}” [1]"


def test_what_was_cited_is_marked_in_words():
    mixed = outcome("mixed", citations=(cited(), cited(False, OTHER), cited(None, OTHER)))
    marks = parsed([mixed]).xpath("//figure[contains(@class, 'quote')]//strong/text()")
    assert marks == ["✓ evidence", "✗ not evidence", "? not judged"]


def test_the_worst_cases_come_first(shown):
    ids = shown.xpath("//details//bdi[@class='id']/text()")
    assert ids == ["sure-answer", "unsure-answer", "refused", "wrong", "partly", "right", "open"]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (outcome(answerable=False, answered=False), Shown.RIGHT),
        (outcome(scores={"citation recall": 1.0, "citation precision": 0.5}), Shown.RIGHT),
        (outcome(expected=(), scores={"answer containment": 1.0}), Shown.RIGHT),
        (outcome(expected=(), scores={"answer containment": 0.0}), Shown.WRONGLY_ANSWERED),
        (outcome(expected=(), scores={"F1": 0.4}), Shown.NOT_JUDGED),
        (outcome(scores={}), Shown.NOT_JUDGED),
    ],
)
def test_verdicts(what, kind):
    assert shown_as(what) is kind


def test_wrong_answers_begin_with_the_surest_and_right_ones_with_the_least_sure():
    wrong = {"citation recall": 0.0}
    outcomes = [
        outcome(f"{name}-{sure}", scores=scores, confidence=sure)
        for name, scores in (("wrong", wrong), ("right", FULL))
        for sure in (0.5, 0.9, 0.7)
    ]
    order = [o.case.id for group in worst_first(outcomes).values() for o in group]
    assert order[:3] == ["wrong-0.9", "wrong-0.7", "wrong-0.5"]
    assert order[3:] == ["right-0.5", "right-0.7", "right-0.9"]


def test_the_same_run_gives_the_same_page():
    rows = [*ROWS, *GROUPS]
    assert page(run(), rows, CURVE) == page(run(), rows, CURVE)


def test_plots_follow_the_colours_of_the_page_and_share_no_id(shown):
    plots = shown.xpath("//div[@class='plot']")
    assert len(plots) == 3
    styles = "".join(style for plot in plots for style in plot.xpath(".//@style"))
    assert "var(--ink)" in styles
    assert "#" not in styles.replace("url(#", "")
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    # Letters stay letters, for those who search or enlarge them.
    assert "en-ar" in plots[1].xpath(".//*[local-name()='text']/text()")
    area = next(row for row in ROWS if row.measure == "AURC")
    assert f"(AURC) is {area.interval.value:.3f}" in plots[0].get("aria-label")


def test_a_run_without_curve_or_cases_still_has_a_page():
    read = parsed([], [], None)
    assert "The run has no cases." in read.text_content()
    assert not read.xpath("//div[@class='plot']")


def test_markdown_holds_the_rows():
    lines = tables(run(), [*ROWS, *GROUPS]).splitlines()
    row = ROWS[0]
    low, value, high = row.interval.low, row.interval.value, row.interval.high
    assert f"| {row.measure} | {value:.3f} | {low:.3f}–{high:.3f} | {row.n} |" in lines
    assert sum(line.startswith("| ") for line in lines) == len(ROWS) + 2 + 3 + 3
    assert "| `en-ar` | 0.812 (5) | 0.700 (5) |" in lines
    assert "| `date` | 0.250 (1) |" in lines
    assert "7 cases: 2 wrongly answered, 1 wrongly refused" in "\n".join(lines)


def test_hostile_texts_break_no_table_of_the_markdown():
    bad, rows = hostile()
    lines = tables(bad, rows).splitlines()
    assert not [line for line in lines if line.startswith("<")]
    (tagged,) = [line for line in lines if line.startswith("| `") and "script" in line][1:]
    assert tagged.replace("\\|", "").count("|") == 3
    assert "`" not in tagged.split("`")[1]


def test_the_report_is_written_into_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "summarise", lambda _: ROWS)
    monkeypatch.setattr(report, "curve", lambda _: CURVE)
    half = outcome("half \ud800 of a pair")
    path = report.write_report(run([half]), tmp_path / "runs" / "one")
    assert path == tmp_path / "runs" / "one" / "report.html"
    assert "half ? of a pair" in path.read_text(encoding="utf-8")
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "summarise", lambda _: ROWS)
    monkeypatch.setattr(report, "curve", lambda _: None)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DalilError, match=r"cannot be written to .*file"):
        report.write_report(run(), tmp_path / "file")


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_a_missing_package_is_named_with_what_installs_it(tmp_path, monkeypatch, package):
    for module in [name for name in sys.modules if name.startswith(("eval.report.p", package))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr(report, "plots", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(DalilError, match=rf"needs {package}, .* pip install '\.\[eval\]'"):
        report.write_report(run(), tmp_path)


def test_reliability_sets_how_sure_beside_how_often_right():
    sure = np.repeat([0.25, 0.75], 40)
    right = np.tile([True, False, False, False], 10).tolist()
    right += np.tile([True, True, True, False], 10).tolist()
    even = plots.reliability(sure, np.array(right))
    assert "8 groups of about 10 cases" in even.description
    assert float(re.search(r"lie ([0-9.]+) apart", even.description)[1]) < 0.06
    too_sure = plots.reliability(sure, np.zeros(80, np.bool_))
    assert "lie 0.500 apart" in too_sure.description
    assert plots.reliability(sure[:3], np.array(right[:3])) is None


def test_each_outcome_has_its_own_reliability_in_bins_with_their_counts():
    groups = {
        "answered": (np.array([0.81, 0.85, 0.95]), np.array([True, False, True])),
        "possibly here": (np.array([0.41, 0.45, 0.49]), np.array([False, False, True])),
        "not found": (np.array([0.05, 0.11]), np.zeros(2, np.bool_)),
    }
    drawn = plots.by_outcome(groups, {"answered": 2 / 3, "not found": 0.5})
    # Bins of a tenth, in the order of the groups.
    assert re.findall(r">(\d)</text>", drawn.svg) == ["2", "1", "3", "1", "1"]
    assert "Answered (n = 3) 0.667 rightly; possibly here (n = 3); not found (n = 2) 0.500" in (
        drawn.description
    )
    assert plots.by_outcome({"answered": (np.array([0.9]), np.array([True]))}, {}) is None


def test_a_page_tells_the_outcomes_apart_and_what_refusals_point_to():
    refused = outcome(
        "pointing", answered=False, attempt=Attempt(0.4, True),
        possible=(cited(), cited(right=False, quote="other words")),
        scores={"possible precision": 1.0},
    )  # fmt: skip
    answers = [
        outcome(f"a{n}", attempt=Attempt(0.8, n > 0), scores={"risk": float(n == 0)})
        for n in range(4)
    ]
    nothing = [
        outcome(
            f"n{n}", answered=False, attempt=Attempt(0.1, False), scores={"refusal precision": 1.0}
        )
        for n in range(4)
    ]
    page = said(parsed([refused, *answers, *nothing]))
    assert "Answered (n = 4) 0.750 rightly; possibly here (n = 1) 1.000" in page
    assert "not found (n = 4) 1.000" in page
    assert "Pointed to" in page
    assert "✗ not evidence, " in page
    assert "Pointed to" not in said(parsed([outcome("b")]))
