"""What a damaged file does to a library: `python -m eval.studies.safety.damage [--flips N]`.

Single bits are flipped in every page of the SQLite file, pages are zeroed, and the file is cut
off.  Each damaged copy is read back as a reader sees it: every article, its title, outlet, date,
address and pages, every saved answer, the list of articles, the vectors and what a question finds.
Of all copies in which any of that differs, the share is told that `dalil doctor` reports, and how
often a text was shown that was never stored.  Nothing but a `DalilError` may come of any of it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from corpus.article import Article
from corpus.errors import DalilError
from corpus.load import load_articles
from index import Library, load_encoder
from index.embedded.segments.kept import DERIVED
from index.encoder import Encoder
from index.store.database import DATABASE, Store
from rag import Assistant

_DEMO = str(Path(__file__).parents[3] / "corpus" / "demo")
_PAGE = 4096
_QUESTION = "What bounty was announced for Hajji Abdullah?"
# How a traceback, or text that cannot be decoded, is entered among what was seen.
_CRASH = "traceback"
_SOUND = "sound"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees of a library, by places; and the quotes that an answer gave."""

    places: dict[str, object]
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one damage did.

    `visible`: a reader sees something else, or is refused; `told`: `dalil doctor` reports it;
    `wrong`: something was shown as a quote that was never stored; `crashed`: not a sentence.
    """

    kind: str
    visible: bool
    told: bool
    wrong: bool
    crashed: str | None


def flips(data: bytes, each: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield copies of `data` with one bit flipped, `each` of every page."""
    for page in range(len(data) // _PAGE):
        for _ in range(each):
            place = page * _PAGE + chance.randrange(_PAGE)
            changed = bytearray(data)
            changed[place] ^= 1 << chance.randrange(8)
            yield "bit flipped", bytes(changed)


def zeroed(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield copies of `data` with one page zeroed."""
    for page in range(len(data) // _PAGE):
        changed = bytearray(data)
        changed[page * _PAGE : (page + 1) * _PAGE] = bytes(_PAGE)
        yield "page zeroed", bytes(changed)


def truncated(data: bytes, cuts: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield copies of `data` that end too early, at pages and within them."""
    for _ in range(cuts):
        yield "cut off", data[: chance.randrange(1, len(data))]


def try_damage(
    home: Path, kind: str, data: bytes, sound: Seen, encoder: Encoder, texts: set[str]
) -> Outcome:
    """Put `data` in the place of the library's file and see what comes of it."""
    _put(home, data)
    seen, crash = _guarded(lambda: look(home, encoder), Seen({"library": "refused"}, ()))
    _put(home, data)
    told, crashed = _guarded(lambda: bool(_doctor(home, encoder)), True)
    wrong = any(not any(quote in text for text in texts) for quote in seen.quotes)
    return Outcome(kind, seen.places != sound.places, told, wrong, crash or crashed)


def look(home: Path, encoder: Encoder) -> Seen:
    """Return what a reader sees of the library in `home`."""
    store = Store(home / DATABASE)
    try:
        places = dict(_places(store, encoder))
    finally:
        store.close()
    library = Library.open(home, encoder)
    try:
        answer = Assistant(library, saves=False).ask(_QUESTION)
        quotes = tuple(citation.quote for citation in answer.citations)
        places["answer"] = (answer.text, answer.notice)
    except DalilError:
        quotes, places["answer"] = (), "refused"
    finally:
        library.close()
    return Seen(places, quotes)


def _places(store: Store, encoder: Encoder) -> Iterator[tuple[str, object]]:
    """Yield every row that readers see, by table; one that cannot be read is "refused"."""
    for table in ("articles", "versions", "pages", "answers", "citations", "withdrawals", "meta"):
        yield table, _or_refused(partial(_as_bytes, store, table))
    yield "list", _or_refused(lambda: list(store.articles()))
    yield "passages", _or_refused(store.passages)
    yield "vectors", _or_refused(lambda: store.vectors(encoder.dimension).tobytes())


def _as_bytes(store: Store, table: str) -> object:
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    cast = ", ".join(f'CAST("{column}" AS BLOB)' for column in columns)
    return store.execute(f'SELECT {cast} FROM "{table}" ORDER BY 1, 2')


def _or_refused(made: Callable[[], object]) -> object:
    try:
        return made()
    except DalilError:
        return "refused"


def _doctor(home: Path, encoder: Encoder) -> list[str]:
    library = Library.open(home, encoder)
    try:
        return library.faults()
    finally:
        library.close()


def _guarded(work: Callable[[], _T], refused: _T) -> tuple[_T, str | None]:
    try:
        return work(), None
    except DalilError:
        return refused, None
    except Exception as error:
        return refused, f"{_CRASH}: {type(error).__name__}: {error}"[:200]


def _put(home: Path, data: bytes) -> None:
    for file in home.glob(f"{DATABASE}*"):
        file.unlink()
    (home / DATABASE).write_bytes(data)
    kept, derived = home.with_name(_SOUND), home / DERIVED
    if not kept.exists():
        shutil.copytree(derived, kept)
    elif _manifest(derived) != _manifest(kept):
        shutil.rmtree(derived, ignore_errors=True)
        shutil.copytree(kept, derived)


def _manifest(derived: Path) -> bytes:
    manifest = derived / "manifest.json"
    return manifest.read_bytes() if manifest.exists() else b""


def demo_articles() -> list[Article]:
    """Return the articles of the demo collection."""
    return [each.article for each in load_articles(_DEMO) if each.article]


def made(home: Path, encoder: Encoder, most: int | None = None) -> Seen:
    """Make a library of the demo collection with a saved answer, and see it."""
    articles = demo_articles()[:most]
    library = Library.open(home, encoder, create=True)
    library.add(articles)
    Assistant(library).ask(_QUESTION)
    library.close()
    return look(home, encoder)


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if anything that a reader could see was not told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=2, help="of every page")
    parser.add_argument("--cuts", type=int, default=40)
    chosen = parser.parse_args(arguments)
    encoder, chance = load_encoder("bundled"), random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "library")
        sound = made(home, encoder)
        texts = {article.text for article in demo_articles()}
        data = (home / DATABASE).read_bytes()
        cases = [
            *flips(data, chosen.flips, chance),
            *zeroed(data),
            *truncated(data, chosen.cuts, chance),
        ]
        outcomes = [try_damage(home, *case, sound, encoder, texts) for case in cases]
    return report(outcomes)


def report(outcomes: list[Outcome]) -> int:
    """Print a row for each kind of damage; return 1 if anything visible was not told."""
    lines = ["| damage | tried | visible | told | told of visible | wrong quotes | tracebacks |"]
    lines.append("|---|---|---|---|---|---|---|")
    for kind in dict.fromkeys(one.kind for one in outcomes):
        of = [one for one in outcomes if one.kind == kind]
        visible = [one for one in of if one.visible]
        both = sum(one.told for one in visible)
        lines.append(
            f"| {kind} | {len(of)} | {len(visible)} | {sum(one.told for one in of)} | "
            f"{both} of {len(visible)} | {sum(one.wrong for one in of)} | "
            f"{sum(one.crashed is not None for one in of)} |"
        )
    crashes = Counter(one.crashed for one in outcomes if one.crashed)
    lines += [f"{count} x {what}" for what, count in crashes.most_common(10)]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any((one.visible and not one.told) or one.wrong or one.crashed for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
