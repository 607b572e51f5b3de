"""The bundled dictionary: what a word may mean, as dictionaries list it and as sentences show it.

See `bundled/README.md` for what it is made from.  It is read when it is first needed.
"""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from corpus.errors import DalilError
from corpus.text.words import fold
from rag.gloss.clitics import bare_phrase

BUNDLED = Path(__file__).with_name("bundled")
DICTIONARY, LEARNT, NAMES = "dictionary.tsv.gz", "learnt.tsv.gz", "names.tsv.gz"

_NEWS = Path(__file__).with_name("news.toml")

# How much a meaning that a dictionary lists counts beside the share of a learnt one, and one that
# we wrote down as that of the news.
_LISTED, _WRITTEN = 0.12, 2.0
_WRITTEN_COUNT = 100_000


class Dictionary:
    """The entries of a folder.  Lines stay packed as text until their word is asked for.

    `learnt` says whether meanings that were learnt from sentences are used, `news` whether our
    own list of what words mean in the news is.
    """

    def __init__(self, folder: Path = BUNDLED, *, learnt: bool = True, news: bool = True) -> None:
        self._listed = _read(folder / DICTIONARY)
        self._learnt = _read(folder / LEARNT) if learnt else {}
        self._names = _read(folder / NAMES)
        self._news = _news() if news else {}

    def meanings(self, key: str) -> Mapping[str, float]:
        """Return the meanings of a key with their weights, none if it is unknown."""
        if written := self._news.get(key):
            return {meaning: _WRITTEN - place for place, meaning in enumerate(written)}
        found = _weights(self._learnt.get(key, ""))
        for place, meaning in enumerate(_weights(self._listed.get(key, ""))):
            found[meaning] = found.get(meaning, 0.0) + _LISTED / (1 + place / 2)
        return found

    def count(self, key: str) -> int:
        """Return how often a key was met in sentences; what we wrote down counts as often."""
        if key in self._news:
            return _WRITTEN_COUNT
        return int(self._learnt.get(key, "0").partition("\t")[0])

    def name(self, key: str) -> tuple[str, ...]:
        """Return the Latin spellings of a name without its article, the likeliest first."""
        return tuple(_weights(self._names.get(key, "")))

    def __contains__(self, key: str) -> bool:
        return key in self._learnt or key in self._listed or key in self._news

    def english_words(self) -> Iterator[str]:
        """Yield the words of all meanings, as often as entries have them."""
        lines = (*self._learnt.values(), *self._listed.values())
        for line in lines:
            for meaning in line.split("\t"):
                yield from meaning.rpartition(":")[0].split()
        for written in self._news.values():
            yield from " ".join(written).split()

    def latin_names(self) -> set[str]:
        """Return the Latin spellings of all names."""
        return {
            each.rpartition(":")[0] for line in self._names.values() for each in line.split("\t")
        }

    def common_meanings(self, most: int) -> list[str]:
        """Return the words that the most often met entries mean first, no names, `most` of them."""
        ranked = sorted(self._learnt.items(), key=lambda item: -int(item[1].partition("\t")[0]))
        lines = (line for key, line in (*ranked, *self._listed.items()) if key[0] != "=")
        first = (next(iter(_weights(line)), "") for line in lines)
        return list(dict.fromkeys(word for word in first if word.islower()))[:most]


@lru_cache(maxsize=2)
def load_dictionary(*, learnt: bool = True) -> Dictionary:
    """Return the bundled dictionary, one for the process."""
    return Dictionary(learnt=learnt)


def _read(path: Path) -> dict[str, str]:
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
    except (OSError, EOFError, ValueError) as error:
        raise DalilError(f"{path} cannot be read ({error}): install Dalil again.") from error
    parts = (line.partition("\t") for line in text.split("\n"))
    return {key: rest for key, _, rest in parts}


def _news() -> dict[str, tuple[str, ...]]:
    """Return our own list by the keys of its words and phrases."""
    listed = tomllib.loads(_NEWS.read_text(encoding="utf-8"))["meanings"]
    return {
        bare_phrase([fold(part) for part in spelled.split("_")]): tuple(meanings.split(", "))
        for meanings, written in listed.items()
        for spelled in written.split()
    }


def _weights(line: str) -> dict[str, float]:
    r"""Return the meanings of a line after its key and their weights.

    >>> _weights("3\tcity:0.8\ttown:0.2")
    {'city': 0.8, 'town': 0.2}
    """
    parts = (part.rpartition(":") for part in line.split("\t")[1:])
    return {meaning: float(weight) for meaning, _, weight in parts}
