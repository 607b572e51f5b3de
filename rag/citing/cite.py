"""Sentences to citations, with the words that met, and to the text of an answer, shown or kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import regex

from corpus.article import Article
from corpus.text.language import detect
from corpus.text.names import joined_names, name_terms
from corpus.text.quantities import quantities
from corpus.text.stems import stem, terms
from corpus.text.words import Word, words
from index import WordTable
from index.engine import SAME_NAME, SAME_STEM
from rag.answer import Answer, Citation, Hit, Kind, Match
from rag.choice.evidence import Sentence
from rag.choice.signals import given
from rag.reading import Reading
from rag.reading.languages import Phrases, pattern, phrases, timeline_phrases
from rag.reading.reading import Expected

_CLAUSE = regex.compile(r"[^،,;:؛.!?؟«»\"“”\n]+")
_NUMBER = regex.compile(r"[0-9]{1,15}")
_YEAR = regex.compile(r"(?<!\p{N})(?:19|20)[0-9]{2}(?!\p{N})")
_DOLLARS = regex.compile(r"dollar|dólar|dolar|دولار|دۆلار|دلار|доллар", regex.I)
# "One of the six" holds the number of all, since "one" is no number as words of most languages go.
_ONE_OF = regex.compile(
    r"\b(?:(?:one|none|neither|any) (?:out )?of|une? (?:seule? )?des|ein\w* (?:der|von)|un[oa]? de|"
    r"од(?:ин|на|но|ной|ного|ну) из|یکی از|یەکێک لە|yek ji|"
    r"[وفبل]{0,2}(?:واحدا?ً?|واحدة|أحد|إحدى)(?: \w+)? (?:من|ال))|\b\w*[ıiuü]n biri\b",
    regex.I,
)
# Below this two words of the table have nothing to do with each other.
_FAINTEST = 0.4
_MOST = 8
# A shorter sentence is no sign of a copy.
_FEWEST_WORDS = 6


def cite(sentences: Sequence[Sentence], reading: Reading, table: WordTable) -> tuple[Citation, ...]:
    """Number the sentences from 1 and say which words spoke for each."""
    return tuple(
        Citation(n, s.article, s.start, s.end, matches(reading, s, table), focus=s.focus)
        for n, s in enumerate(sentences, start=1)
    )


def cite_once(
    sentences: Sequence[Sentence], hits: Sequence[Hit], reading: Reading, table: WordTable
) -> tuple[Citation, ...]:
    """Cite each sentence once, where copies of a report have it word for word.

    Their articles, among those of the passages `hits`, stand in `also`.
    """
    said = [_said(sentence.text) for sentence in sentences]
    first = [said.index(words) == place for place, words in enumerate(said)]
    once = [sentence for sentence, new in zip(sentences, first, strict=True) if new]
    passages = [(hit.article, _said(hit.passage.text)) for hit in hits]
    return tuple(
        replace(citation, also=_also(citation, passages)) for citation in cite(once, reading, table)
    )


def _said(text: str) -> str:
    return f" {' '.join(word.folded for word in words(text))} "


def _also(citation: Citation, passages: Sequence[tuple[Article, str]]) -> tuple[Article, ...]:
    quote = _said(citation.quote)
    if quote.count(" ") <= _FEWEST_WORDS:
        # "He declined to comment." stands in reports on anything.
        return ()
    found = {
        (article.id, article.version): article
        for article, text in passages
        if article.id != citation.article.id and quote in text
    }
    return tuple(found.values())


def matches(reading: Reading, sentence: Sentence, table: WordTable) -> tuple[Match, ...]:
    """Return for each word of the question the word of the quote it met, best first.

    Scores are as in late interaction: 1 for the same stem, number or date, .9 for the same name in
    another script or of the glossary, else the cosine of the two words.
    """
    text, language = sentence.text, sentence.article.language
    found = list(words(text))
    quoted = [*found, *joined_names(found)]
    if not (quoted and reading.words):
        return ()
    scores = table.encode_queries([word.text for word in reading.words]) @ (
        table.encode_passages([_at(text, word) for word in quoted]).T
    )
    stems = [" ".join(terms(_at(text, word), language)) for word in quoted]
    keys = [set(name_terms([word], text)) for word in quoted]
    read = quantities(found, text)
    counted = [{q.term for q in read if q.start <= w.start and w.end <= q.end} for w in quoted]
    pairs = []
    for place, word in enumerate(reading.words):
        own_stem = stem(word.word.folded, language)
        names = {" ".join(terms(name, language)) for name in word.aliases}
        own = set(word.keys)
        for column in range(len(quoted)):
            if stems[column] == own_stem or counted[column] & set(word.quantities):
                scores[place, column] = SAME_STEM
            elif stems[column] in names or own & keys[column]:
                scores[place, column] = max(scores[place, column], SAME_NAME)
        best = int(scores[place].argmax())
        pairs.append(
            Match(word.text, _at(text, quoted[best]), min(float(scores[place, best]), 1.0))
        )
    good = [match for match in pairs if match.score >= _FAINTEST]
    return tuple(sorted(good, key=lambda match: -match.score)[:_MOST])


def _at(text: str, word: Word) -> str:
    return text[word.start : word.end]


def answer_of(
    question: str,
    reading: Reading,
    citations: Sequence[Citation],
    confidence: float,
    unanswered: Sequence[str] = (),
    *,
    differs: bool = False,
) -> Answer:
    """Return the answer that citations make, the best first; parts may be left `unanswered`."""
    kind, lead = _kind_and_lead(reading, citations, differs=differs)
    text = compose(question, citations, lead, kind, unanswered)
    return Answer(
        question,
        "answered",
        text,
        confidence,
        citations,
        kind=kind,
        lead=lead,
        unanswered=unanswered,
    )


def _kind_and_lead(
    reading: Reading, citations: Sequence[Citation], *, differs: bool
) -> tuple[Kind, str | None]:
    """Return what citations answer, and what they come to in the question's language, if certain.

    That is the number, with western digits, or the day that an article writes otherwise; or that a
    sentence denies what is asked, or that articles differ.
    """
    if pattern("joining", reading.language).search(reading.text):
        # One line would not tell which of the parts it is about.
        return ("disagreement", phrases(reading.language).differ) if differs else ("fact", None)
    said, first = phrases(reading.language), citations[0]
    if differs:
        return "disagreement", said.differ
    if reading.asks_whether:
        return "yes_no", f"{said.no}:" if _denies(reading, first) else None
    if reading.expected is Expected.REASON:
        return "reason", None
    if pattern("listing", reading.language).search(reading.text):
        return "list", None
    figure = _figure(reading, first, said)
    written = regex.sub(r"[\s,.]", "", _answering(first))
    plain = figure is None or regex.sub(r"[\s,.]", "", figure) in written
    return "fact", None if plain else figure


def _answering(citation: Citation) -> str:
    """Return the words of a citation that answer, "" where no reader says which."""
    return citation.article.text[slice(*citation.focus)] if citation.focus else ""


def _denies(reading: Reading, citation: Citation) -> bool:
    """Tell if the clause that answers denies, in words, what a question asks without denying."""
    if citation.focus is None or pattern("negating", reading.language).search(reading.text):
        return False
    clauses = _CLAUSE.finditer(citation.article.text, citation.start, citation.end)
    start, end = citation.focus
    held = [c for c in clauses if c.start() < end and start < c.end()]
    if len(held) != 1:
        return False
    # Few questions want a yes or no.
    from rag.citing.antonyms import holds_opposite, says_opposite

    ((clause, span),) = ((c.group(), c.span()) for c in held)
    language = citation.article.language
    negating = pattern("negating", language)
    # In a language without words of its own those of all others are looked for, which deny nothing.
    known = negating.pattern != pattern("negating").pattern
    if not negating.search(clause):
        return says_opposite(reading, citation, *span)
    # "And no date was given" denies something else: it has no word that met one of the question.
    met = {match.quote for match in citation.matches}
    about = any(_at(clause, word) in met for word in words(clause))
    # Of "no longer closed" nobody can say what it denies.
    return known and about and not holds_opposite(reading, clause, language)


def _figure(reading: Reading, citation: Citation, said: Phrases) -> str | None:
    """Return the one number, or day, among the words that answer, in the question's language."""
    text = _answering(citation)
    terms = given(reading, text)
    if reading.expected is Expected.TIME:
        days = sorted(terms, key=len)
        years = _YEAR.findall(text)
        if not days or not days[-1].startswith(days[0]) or len(days) > 2 or len(years) > 1:
            return None
        month, _, day = days[-1][1:].partition("-")
        named = timeline_phrases(reading.language)["months"].split()[int(month) - 1]
        return " ".join(filter(None, (day, named.replace("_", " "), *years)))
    before = citation.article.text[citation.start : citation.focus[1]] if citation.focus else ""
    if _ONE_OF.search((_CLAUSE.findall(before) or [""])[-1]):
        return None
    if len(terms) != 1 or not _NUMBER.fullmatch(term := next(iter(terms))):
        return None
    dollars = said.dollars if _DOLLARS.search(text) else ""
    return " ".join(filter(None, (f"{int(term):,}", dollars)))


def compose(
    question: str,
    citations: Sequence[Citation],
    lead: str | None = None,
    kind: Kind = "fact",
    unanswered: Sequence[str] = (),
) -> str:
    """Return the answer's text: the `lead`, then each quote with its `[n]` behind it.

    Before the quotes of an overview, and of articles that differ, stand day, outlet and how many
    other articles say the same.
    Parts of the question that stay `unanswered` are named last.

    The quotes are the citations' own, so the text holds nothing that no article says but the
    connecting words.
    """
    language = detect(question)
    words = phrases(language)
    opening, closing = words.marks[0], words.marks[1]

    def before(place: int, citation: Citation) -> str:
        if kind in ("overview", "disagreement"):
            return _dated(citation, timeline_phrases(language))
        return words.further if place else words.first

    lines = [
        f"{before(place, c)} {opening}{c.quote}{closing} [{c.n}]"
        for place, c in enumerate(citations)
    ]
    open_parts = [f"{part} {words.unsure}" for part in unanswered]
    return "\n".join([*([lead] if lead else []), *lines, *open_parts])


def _dated(citation: Citation, said: Mapping[str, Any]) -> str:
    article, count = citation.article, len(citation.also)
    date = article.published
    month = said["months"].split()[date.month - 1].replace("_", " ") if date else ""
    day = f"{date.day} {month} {date.year}" if date else said["undated"]
    also = said["also"][count > 1].format(count=count) if count else ""
    outlet = " ".join((article.outlet or "").split())
    return " · ".join(filter(None, (day, outlet, also))) + ":"


def body_of(answer: Answer, history: Sequence[str]) -> str:
    """Return the JSON to save: the answer with pointers in place of the articles' words."""
    fields = {**answer.as_json(), "history": list(history)}
    if is_quotes(answer):
        del fields["text"]
    elif answer.kind == "about":
        # Below its first line stand titles, which must not outlive a purge.
        fields["text"] = answer.lead
    for pointer in (*fields["citations"], *fields["related"], *fields["possible"]):
        for read_again in ("quote", "text", "title", "outlet", "source", "url", "published"):
            pointer.pop(read_again, None)
        # What an overview leaves out is kept as a pointer too, and drops out when it is purged.
        if "also" in pointer:
            kept = ("article_id", "version")
            pointer["also"] = [{name: one[name] for name in kept} for one in pointer["also"]]
    return json.dumps(fields, ensure_ascii=False)


def is_quotes(answer: Answer) -> bool:
    """Return if the answer's text is made of its quotes."""
    return answer.mode == "extractive" and bool(answer.citations)
