"""Check the questions beside their documents: `python -m index.training.questions --data DIR`.

Prints how many there are of each kind, and ends with 1 where one is wrong, or nearly equals a
question of `--against`, files of cases that measure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.errors import DalilError
from index.training.overlap import NearDuplicates
from index.training.questions.documents import read_documents
from index.training.questions.written import WrittenQuestion, faults, read_questions


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and count; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index.training.questions", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with pairs/ntrex.*")
    parser.add_argument("--against", type=Path, nargs="*", default=[], help="JSONL with questions")
    options = parser.parse_args(arguments)
    documents, questions = read_documents(options.data), read_questions()
    missing = sorted({q.document for q in questions} - documents.keys())
    if missing:
        raise DalilError(
            f"{len(missing)} documents of the questions, such as {missing[0]}, are not in "
            f"{options.data}; fetch the release of NTREX that the README names."
        )
    wrong = [fault for q in questions for fault in faults(q, documents[q.document])]
    wrong += leaked(questions, options.against)
    for line in (*counts(questions), *wrong):
        sys.stdout.write(line + "\n")
    return 1 if wrong else 0


def counts(questions: Sequence[WrittenQuestion]) -> Iterator[str]:
    """Yield how many questions there are, of each kind, style and language."""
    answerable = sum(question.answerable for question in questions)
    yield f"{len(questions)} questions, {answerable} answerable"
    for name in ("kind", "style", "language", "swapped"):
        found = Counter(getattr(question, name) or "" for question in questions)
        yield f"{name}: " + ", ".join(f"{key} {n}" for key, n in found.most_common() if key)


def leaked(questions: Sequence[WrittenQuestion], against: Iterable[Path]) -> Iterator[str]:
    """Yield the questions that equal or nearly equal one that measures."""
    texts = [question.question for question in questions]
    for path in against:
        lines = path.read_text(encoding="utf-8").splitlines()
        measured = [str(json.loads(line)["question"]) for line in lines if line.strip()]
        matched = NearDuplicates(measured).matches(texts).tolist()
        for question, row in zip(questions, matched, strict=True):
            if row >= 0:
                yield f"{question.id} nearly equals {measured[row]!r} of {path}"


if __name__ == "__main__":
    sys.exit(main())
