"""A question as all that follows sees it: read once, from its words to what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

import numpy as np
import regex
from numpy.typing import NDArray

from corpus.text.language import detect, script
from corpus.text.names import name_query_terms
from corpus.text.quantities import Quantity, quantities
from corpus.text.words import Word, fold, words
from index import Query, WordTable
from index.engine import QueryWord
from rag.reading.languages import function_words, known_names, pattern

# What a follow-up leaves unsaid counts, but less than what it asks.
_CONTEXT_WEIGHT = 0.5
# Of "Covid-19" the number is a part.
_CAPITALISED = regex.compile(r"\p{Lu}[\p{L}'’]++(?!-\p{Nd})|(?<=\b[AEae]l-)\p{L}[\p{L}'’]+")
# A question as it is written with care: Arabic letters without signs, or Latin words of which some
# have capitals and some have not; single spaces, and one question mark behind it.
_CAREFUL = regex.compile(
    r"(?=.*[\u0621-\u064a])"
    r"(?:[\u0621-\u063a\u0641-\u064a0-9A-Za-z«»():.،؛-]|(?<=\S) (?=[^\s؟]))+؟"
    r"|(?=\p{Lu}.*(?<!\p{L})\p{Ll}{4})"
    r"(?:[\p{Latin}0-9,:;()\"$%.-]|(?<=\S) (?=[^\s?]))+\?"
)
_TIGHT = regex.compile(r"[،؛.,](?=\p{L})|\s(?=[،؛])")
# Within quotation marks, or with the number that a question had in a list.
_SET_APART = regex.compile(r"[\"“«„(\[*•·–—-]|\p{Nd}{1,3}\s?[.)\]\-]|[Qqس]\s?[.:)]")
_SMALL = regex.compile(r"(?<![\w'’-])[a-z]{5,}(?![\w'’-])")
# The term of a month, with or without its day, and a year.
_DATE = regex.compile(r"@.*|(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Bound:
    """A time that begins or ends ("since March"), said at a span of `Reading.standalone`.

    News of that time need not name its bound: to be published within it is enough.
    """

    since: date | None
    until: date | None
    start: int
    end: int

    def holds(self, day: date | None) -> bool:
        """Tell if a day lies within; an unknown one doesn't."""
        since, until = self.since or date.min, self.until or date.max
        return day is not None and since <= day <= until


@dataclass(frozen=True)
class Reading:
    """A question, read.

    `text` is the question itself, or for "and in X?" the earlier one about X; `context` what
    earlier questions add ("" for a question that stands alone); `language` and `script` are the
    question's own, `names` the words that look like names.  `found` are all words of both with
    their spans in `standalone`, `words` those that carry meaning, with their tokens and weights;
    `quantities` are the numbers and dates, `bounds` the times of which a beginning or end is said,
    `swapped` the words of the name that stands in place of an earlier question's, `whole` the
    question that this one is a part of.
    """

    text: str
    context: str
    language: str
    script: str
    names: tuple[str, ...]
    found: tuple[Word, ...]
    words: tuple[QueryWord, ...]
    quantities: tuple[Quantity, ...]
    bounds: tuple[Bound, ...] = ()
    swapped: tuple[str, ...] = ()
    whole: str = ""

    @property
    def standalone(self) -> str:
        """The question with its context, for search."""
        return _standalone(self.text, self.context)

    @property
    def own(self) -> int:
        """Where the question itself begins in `standalone`."""
        return len(self.standalone) - len(self.text)

    @cached_property
    def expected(self) -> Expected:
        """The kind of answer it asks for, which a search has no use for."""
        return expected_answer(self.text)

    @property
    def asks_whether(self) -> bool:
        """Whether it wants a yes or no."""
        begins = pattern("yes_no", self.language).search(self.text.lstrip("¿¡ "))
        return self.expected is Expected.ANYTHING and bool(begins)

    @cached_property
    def query(self) -> Query:
        """What an engine is to look for."""
        text = self.standalone
        names = name_query_terms(self.found, text, function_words())
        return Query(text, self.found, self.words, tuple(names))

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """The weights of the words that carry meaning, float32 (w,)."""
        return np.array([word.weight for word in self.words], np.float32)


def read(question: str, table: WordTable, history: Sequence[str] = ()) -> Reading:
    """Read a question, resolving what it leaves out from the questions before it, oldest first.

    >>> from index import load_encoder
    >>> reading = read("Where is he hiding?", load_encoder("bundled"), ["Who is Hajji Abdullah?"])
    >>> reading.context, [word.text for word in reading.words]
    ('Who is Hajji Abdullah?', ['Hajji', 'Abdullah', 'hiding'])
    """
    language = detect(question)
    asked, context, name = _resolved(question, history)
    text = _standalone(asked, context)
    names = (*likely_names(f"{context} {asked}", language), *name.split())
    found = tuple(words(text))
    counted = tuple(quantities(found, text))
    return Reading(
        text=asked,
        context=context,
        language=language,
        script=script(question),
        names=names,
        found=found,
        words=_telling(text, len(text) - len(asked), found, counted, names, table),
        quantities=counted,
        swapped=tuple(name.split()),
    )


def _resolved(question: str, history: Sequence[str]) -> tuple[str, str, str]:
    if not history:
        return question, "", ""
    # Most questions follow none, and need not load the rules for those that do.
    from rag.reading.follow_up import resolve

    found = resolve(question, history)
    return found.text, found.context, found.name


def _standalone(text: str, context: str) -> str:
    return f"{context} {text}".strip()


def _telling(
    text: str,
    own: int,
    found: Sequence[Word],
    counted: Sequence[Quantity],
    names: Sequence[str],
    table: WordTable,
) -> tuple[QueryWord, ...]:
    """Return the words that carry meaning; those before `own` are of the context, at half weight.

    A word weighs as much as the longest of its token vectors: training makes the vectors of
    words that tell texts apart long.  Question words and the like are left out; names are also
    met by their consonants.
    """
    telling = [word for word in found if word.folded not in function_words()] or list(found)
    if not telling:
        return ()
    written = [text[word.start : word.end] for word in telling]
    # Together, since each call of the tokeniser takes as long as the words of a question.
    tokens, counts = table.token_ids(written)
    cuts = np.cumsum(counts)[:-1]
    norms = np.split(table.token_norms(tokens), cuts)
    asked = np.array([word.start >= own for word in telling], np.bool_)
    weights = np.array([n.max(initial=0.0) for n in norms]) * np.where(asked, 1.0, _CONTEXT_WEIGHT)
    weights = np.asarray(weights / (weights.sum() or 1.0), np.float32)
    others = {
        word: known.others
        for known in known_names(found)
        for word in found[known.first : known.last]
    }
    return tuple(
        QueryWord(
            word,
            said,
            weight,
            tuple(ids.tolist()),
            tuple((norm / (norm.sum() or 1.0)).tolist()),
            keys=tuple(name_query_terms([word], text)) if said in names else (),
            aliases=others.get(word, ()),
            quantities=tuple(
                q.term for q in counted if q.start <= word.start and word.end <= q.end
            ),
        )
        for word, said, weight, ids, norm in zip(
            telling, written, weights.tolist(), np.split(tokens, cuts), norms, strict=True
        )
    )


class Expected(Enum):
    """The kind of thing that would answer a question."""

    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    REASON = "reason"
    ANYTHING = "anything"


# Of kinds whose openings begin at the same place the first here decides.
_ORDER = (Expected.NUMBER, Expected.TIME, Expected.REASON, Expected.PLACE, Expected.PERSON)

# Those whose words also begin a clause.
_RELATIVE = (Expected.TIME, Expected.PLACE, Expected.PERSON)


def openings(text: str) -> dict[Expected, int]:
    """Return where the first words stand that ask for each kind, of those that any ask for."""
    found = {kind: pattern(kind.value).search(text) for kind in _ORDER}
    return {kind: match.start() for kind, match in found.items() if match}


def expected_answer(text: str) -> Expected:
    """Return the kind whose opening comes first: "how many ... who" asks for a number.

    >>> expected_answer("How many prisoners share a room?"), expected_answer("متى وصلت القافلة؟")
    (<Expected.NUMBER: 'number'>, <Expected.TIME: 'time'>)

    Behind what asks for anything, "when" and "who" only say more of it.

    >>> expected_answer("Which player fell when Ain scored?"), expected_answer("What year was it?")
    (<Expected.ANYTHING: 'anything'>, <Expected.TIME: 'time'>)
    """
    starts = openings(text)
    first = min(starts, key=lambda kind: starts[kind], default=Expected.ANYTHING)
    opened = pattern("opening").search(text) if first in _RELATIVE else None
    return Expected.ANYTHING if opened and opened.start() < starts[first] else first


def likely_names(text: str, language: str) -> tuple[str, ...]:
    """Return the words that look like names: those with a capital that are no question words.

    >>> likely_names("What did Mustafa Bali say in Hasakah?", "en")
    ('Mustafa', 'Bali', 'Hasakah')
    >>> likely_names("Who left Al-Bab and al-hol for Deir-ez-Zor?", "en")
    ('Bab', 'hol', 'Deir', 'Zor')
    """
    # German gives every noun a capital, so capitals tell nothing there.
    if language == "de":
        return ()
    found = _CAPITALISED.findall(text)
    return tuple(word for word in found if fold(word) not in function_words())


def may_be_respelt(question: str, table: WordTable) -> bool:
    """Tell if a question is written in a way that others write otherwise (`rag.spelling`).

    English words that the table knows in pieces only may be misspelt.

    >>> from index import load_encoder
    >>> [may_be_respelt(text, load_encoder("bundled"))
    ...  for text in ("كم عائلة عادت؟", "Who leads the SDF?", "Which city has fallen?")]
    [False, False, False]
    >>> [may_be_respelt(text, load_encoder("bundled"))
    ...  for text in ("قديش عائلة عادت؟", "WHO LEADS THE SDF?", "Which villge has fallen?")]
    [True, True, True]
    """
    careful = _CAREFUL.fullmatch(question) and not _TIGHT.search(question)
    typed = not careful or _SET_APART.match(question) or pattern("respelt").search(question)
    return bool(typed or misspelt(question, table))


def misspelt(question: str, table: WordTable) -> bool:
    """Tell if a question in ASCII has a word in small letters that the table knows in pieces."""
    found = _SMALL.findall(question) if question.isascii() else []
    return bool(found) and bool((table.token_ids(found)[1] > 1).any())


def may_prefer(reading: Reading) -> bool:
    """Tell if a question may name a time or an outlet to prefer (`rag.search.preferred`).

    >>> from index import load_encoder
    >>> [may_prefer(read(text, load_encoder("bundled")))
    ...  for text in ("Who left in April?", "Who left, according to ANHA?", "Who left?")]
    [True, True, False]
    """
    dated = any(_DATE.fullmatch(quantity.term) for quantity in reading.quantities)
    return dated or bool(pattern("prefers", reading.language).search(reading.text))
