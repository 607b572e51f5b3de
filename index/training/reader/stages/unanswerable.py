"""Questions that a passage nearly answers, made of those that it does.

Something that carries the question is exchanged (Zhu et al. 2019, "Learning to Ask Unanswerable
Questions", do it with a model), or the question is asked of the passage elsewhere that is nearest
to it in meaning.  Both are what a reader meets all day: the right topic and the wrong person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import regex

from index.encoder.protocol import Encoder
from index.training.reader.examples import Example

# A word in more than this share of a collection's texts carries no question.
_COMMON = 0.02
_NEAREST = 8
# What is exchanged for its contrary, where a question has it; English only, as most examples are.
_CONTRARY = (
    ("first", "last"), ("largest", "smallest"), ("most", "least"), ("more", "fewer"),
    ("before", "after"), ("north", "south"), ("northern", "southern"), ("east", "west"),
    ("eastern", "western"), ("oldest", "youngest"), ("highest", "lowest"), ("early", "late"),
    ("earliest", "latest"), ("longest", "shortest"), ("won", "lost"), ("win", "lose"),
    ("male", "female"), ("men", "women"), ("increase", "decrease"), ("begin", "end"),
    ("started", "stopped"), ("start", "stop"), ("major", "minor"), ("best", "worst"),
    ("high", "low"), ("large", "small"), ("larger", "smaller"), ("higher", "lower"),
    ("old", "new"), ("support", "oppose"), ("supported", "opposed"), ("public", "private"),
    ("allowed", "forbidden"), ("accepted", "rejected"), ("alive", "dead"), ("born", "buried"),
    ("maximum", "minimum"), ("inside", "outside"), ("above", "below"), ("open", "close"),
    ("opened", "closed"), ("rich", "poor"), ("add", "remove"), ("import", "export"),
    ("buy", "sell"), ("bought", "sold"), ("winter", "summer"), ("father", "mother"),
    ("son", "daughter"), ("husband", "wife"), ("brother", "sister"), ("king", "queen"),
    ("common", "rare"), ("strong", "weak"), ("cold", "hot"), ("long", "short"),
)  # fmt: skip
_CONTRARIES = {a: b for one, other in _CONTRARY for a, b in ((one, other), (other, one))}
_DENIED = regex.compile(r"\b(is|are|was|were|did|does|do|has|have|had|can|could|would|should)\b")
_NUMBER = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)*")
_NAME = regex.compile(r"(?<!^)(?<![.?!] )\b\p{Lu}[\p{L}\p{M}'’-]+(?: \p{Lu}[\p{L}\p{M}'’-]+)*")
_WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}'’-]{3,}")
_ARTICLE = "ال"


class Exchange:
    """Exchanges what carries a question for what others of the same language ask about.

    `examples` are of one language, so that what is put in is no foreign word.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        texts = dict.fromkeys(text for each in examples for text in (each.question, each.passage))
        counts = Counter(word for text in texts for word in set(_WORD.findall(text.lower())))
        self._common = {word for word, count in counts.items() if count > _COMMON * len(texts)}
        self._names = [name for each in examples for name in _NAME.findall(each.question)]
        self._words: dict[bool, list[str]] = {False: [], True: []}
        for each in examples:
            for word in _WORD.findall(each.question):
                if word.lower() not in self._common:
                    self._words[word.startswith(_ARTICLE)].append(word)

    def __call__(self, example: Example, random: Random) -> Example | None:
        """Return the question with one thing exchanged, of the same passage, which answers no more.

        `None` where it has nothing to exchange: a number is exchanged before a name, a name before
        a word that the passage has too.
        """
        ways = [self._number, self._name, self._contrary]
        random.shuffle(ways)
        for way in (*ways, self._word):
            question = way(example, random)
            if question and question != example.question:
                return replace(example, question=question, right=frozenset(), answer=None)
        return None

    def _number(self, example: Example, random: Random) -> str | None:
        found = [m for m in _NUMBER.finditer(example.question) if m[0].isdigit()]
        if not found:
            return None
        match = random.choice(found)
        value, step = int(match[0]), max(int(match[0]) // 3, 3)
        if len(match[0]) == 4:
            step = 12
        others = _NUMBER.findall(example.passage)
        inside = [n for n in others if len(n) == len(match[0]) and n != match[0]]
        outside = str(max(1, value + random.choice((-1, 1)) * random.randint(1, step)))
        drawn = random.choice(inside) if inside and random.random() < 0.5 else outside
        return _put(example.question, match, drawn)

    def _name(self, example: Example, random: Random) -> str | None:
        found = list(_NAME.finditer(example.question))
        if not found:
            return None
        match = random.choice(found)
        answer = example.passage[slice(*example.answer)] if example.answer else ""
        inside = [
            name
            for name in _NAME.findall(example.passage)
            if name not in example.question and name not in answer and match[0] not in name
        ]
        if inside and random.random() < 0.5:
            return _put(example.question, match, random.choice(inside))
        outside = random.choice(self._names)
        return None if outside in example.passage else _put(example.question, match, outside)

    def _word(self, example: Example, random: Random) -> str | None:
        passage = example.passage.lower()
        found = [
            match
            for match in _WORD.finditer(example.question)
            if match[0].lower() not in self._common
        ]
        # What the passage has as well is what makes it look like an answer.
        found = [match for match in found if match[0].lower() in passage] or found
        if not found:
            return None
        match = random.choice(found)
        drawn = random.choice(self._words[match[0].startswith(_ARTICLE)] or [match[0]])
        return None if drawn.lower() in passage else _put(example.question, match, drawn)

    def _contrary(self, example: Example, random: Random) -> str | None:
        found = [
            match for match in _WORD.finditer(example.question.lower()) if match[0] in _CONTRARIES
        ]
        if found:
            match = random.choice(found)
            return _put(example.question, match, _CONTRARIES[match[0]])
        denied = _DENIED.search(example.question)
        if denied and random.random() < 0.3:
            return _put(example.question, denied, f"{denied[0]} not")
        return None


def elsewhere(
    groups: Sequence[tuple[Hashable, Example]], encoder: Encoder, random: Random
) -> Iterator[Example]:
    """Yield each question asked of a passage of another group that is near to it in meaning.

    A passage that holds the answering words is not taken, as it may answer too.
    """
    passages = {each.passage: (group, each) for group, each in groups}
    held = list(passages.values())
    vectors = encoder.encode_passages(list(passages))
    asked = encoder.encode_queries([each.question for _, each in groups])
    for (group, each), vector in zip(groups, asked, strict=True):
        near = np.argsort(-(vectors @ vector), kind="stable")[: _NEAREST * 4].tolist()
        answer = each.passage[slice(*each.answer)] if each.answer else None
        others = [
            other
            for theirs, other in (held[row] for row in near)
            if theirs != group and not (answer and answer in other.passage)
        ][:_NEAREST]
        if others:
            other = random.choice(others)
            yield replace(other, question=each.question, right=frozenset(), answer=None)


def exchanged(
    examples: Mapping[str, Sequence[Example]], shares: Mapping[str, float], random: Random
) -> Iterator[Example]:
    """Yield a share of each group's answered examples with something of the question exchanged."""
    for name, group in examples.items():
        exchange = Exchange(group)
        for each in group:
            if each.right and random.random() < shares[name]:
                made = exchange(each, random)
                if made:
                    yield made


def _put(text: str, match: regex.Match[str], words: str) -> str:
    return text[: match.start()] + words + text[match.end() :]
