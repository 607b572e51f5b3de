"""How often another way to write a question changes its outcome: `python -m eval.studies.rewrites`.

The demo collection's cases are asked as they are and in every form (`forms.py`).  An outcome is the
status and the sentence cited first; any change counts, for better or worse.  What is read alike
(`rag.spelling`) is asked once, unless `--all` asks everything.  `--every 8` asks each form of every
eighth case, another eighth for each form.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

from eval.cases.case import Case, read_cases
from eval.running.evaluate import CASES, DEMO, read_articles
from eval.studies.rewrites.forms import FORMS, MISSPELT
from index import Library
from index.encoder import load_bundled
from rag.assistant import Assistant
from rag.reading.reading import may_be_respelt
from rag.spelling import plain

Outcome = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A case in one form."""

    form: str
    case: Case
    question: str


def rewritten(cases: Sequence[Case], every: int = 1, forms: str = "") -> Iterator[Rewritten]:
    """Yield the cases in each form that changes them; `forms` is a part of the names of forms."""
    for number, (name, form) in enumerate({**FORMS, **MISSPELT}.items()):
        if forms not in name:
            continue
        changed = [(case, form(case.question)) for case in cases]
        changed = [(case, other) for case, other in changed if other != case.question]
        for case, other in changed[number % every :: every]:
            yield Rewritten(name, case, other)


class Asked:
    """Asks an assistant, everything once."""

    def __init__(self, assistant: Assistant, *, everything: bool = False) -> None:
        self._assistant = assistant
        self._everything = everything
        self.outcome = lru_cache(maxsize=None)(self._outcome)

    def _outcome(self, question: str, history: tuple[str, ...]) -> Outcome:
        answer = self._assistant.ask(question, history)
        first = answer.citations[0] if answer.citations else None
        return answer.status, first.article.id if first else "", first.start if first else -1

    def changes(self, other: Rewritten) -> bool:
        """Tell if a form of a case has another outcome than the case as it is."""
        case = other.case
        if not self._everything and self._read(other.question) == self._read(case.question):
            return False
        as_it_is = self.outcome(case.question, case.history)
        return self.outcome(other.question, case.history) != as_it_is

    def _read(self, question: str) -> str:
        table = self._assistant.library.words
        return plain(question, table) if may_be_respelt(question, table) else question


def main() -> None:
    """Ask, and print the share of changed outcomes by form."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.rewrites", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="Ask each form of every so many.")
    parser.add_argument("--forms", default="", help="A part of the names of the forms to ask.")
    parser.add_argument("--show", action="store_true", help="Print what changed.")
    parser.add_argument("--all", action="store_true", help="Ask what is read alike, too.")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        closing(Library.open(home, load_bundled(), create=True)) as library,
    ):
        library.add(read_articles(DEMO))
        asked = Asked(Assistant(library, saves=False), everything=given.all)
        counts: dict[str, list[bool]] = {}
        for each in rewritten(read_cases(CASES), max(given.every, 1), given.forms):
            counts.setdefault(each.form, []).append(asked.changes(each))
            if given.show and counts[each.form][-1]:
                as_it_is = asked.outcome(each.case.question, each.case.history)
                now = asked.outcome(each.question, each.case.history)
                sys.stdout.write(
                    f"{each.case.id} {each.form}: {each.question}\n  {as_it_is} {now}\n"
                )
    sys.stdout.write("| form | asked | changed | share |\n|---|---|---|---|\n")
    for form, changed in counts.items():
        sys.stdout.write(_row(form, changed))
    for title, of in (("**all forms**", FORMS), ("**misspelt**", MISSPELT)):
        sys.stdout.write(_row(title, [each for form in of for each in counts.get(form, [])]))


def _row(title: str, changed: Sequence[bool]) -> str:
    count, of = sum(changed), len(changed)
    return f"| {title} | {of} | {count} | {count / max(of, 1):.3f} |\n"


if __name__ == "__main__":
    main()
