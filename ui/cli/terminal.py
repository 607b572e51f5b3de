"""What a person reads at the terminal.  Article text is data here: no markup, no escapes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import regex
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from corpus.text.characters import CONTROLS, DIRECTION_CHANGES, OTHER_LINE_BREAKS
from corpus.text.language import direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.article import Article
    from rag.answer import Answer, Citation, Hit
    from ui.glosses import QuoteGloss
    from ui.ingest import ImportReport
    from ui.translations import InOtherWords

# First strong isolate and its end: the terminal orders each text by its own direction and
# keeps the punctuation around it in place (Unicode Standard Annex 9).
_ISOLATE, _END = "\u2068", "\u2069"
# An escape sequence inside an article must not reach the terminal, nor what ends or outlasts the
# isolate of a line; the rest of what nobody sees does nothing there, and stays as it was stored.
_ACTING = regex.compile(f"[{CONTROLS}{OTHER_LINE_BREAKS}{DIRECTION_CHANGES}]")
_INDENT, NARROWEST = 4, 20


def visible(text: str) -> str:
    r"""Return `text` with control characters shown as U+FFFD, each line in its own direction.

    >>> visible("a\x1b[2Jb") == "\u2068a\ufffd[2Jb\u2069"
    True
    """
    shown = harmless(text)
    return "\n".join(f"{_ISOLATE}{line}{_END}" if line else "" for line in shown.split("\n"))


def harmless(text: str) -> str:
    r"""Return `text` with control characters and changes of direction shown as U+FFFD.

    So is every line break but the line feed: a carriage return would write over the line.

    >>> harmless("a\x1b[2Jb\u202ec") == "a\ufffd[2Jb\ufffdc"
    True
    """
    return _ACTING.sub("\ufffd", text)


def show_answer(console: Console, answer: Answer) -> None:
    """Print an extractive answer with its citations, or an abstention with the nearest passages."""
    if answer.status == "abstained":
        console.print(Text(visible(answer.text), style="yellow"))
        show_possible(console, answer)
    elif answer.kind == "about":
        console.print(Text(visible(answer.text)))
    else:
        _show_text(console, answer)
        show_sources(console, answer.citations)
    show_related(console, answer)
    show_rest(console, answer)


def show_possible(console: Console, answer: Answer) -> None:
    """Print the sentence that may answer a question, and where it stands."""
    for citation in answer.possible:
        show_sources(console, [citation], quoted=True, numbered=False)


def show_related(console: Console, answer: Answer) -> None:
    """Print the passages that are nearest to a question without an answer."""
    if answer.related:
        console.print(Text("\nNearest passages (not evidence):", style="dim"))
        show_hits(console, answer.related)


def show_rest(console: Console, answer: Answer) -> None:
    """Print what else there is to say of an answer."""
    if answer.preferences:
        spans = dict.fromkeys((each.start, each.end) for each in answer.preferences)
        named = ", ".join(visible(answer.question[start:end]) for start, end in spans)
        console.print(Text(f"\nPreferred: {named} (not with --no-preferences)", style="dim"))
    if answer.notice:
        console.print(Text(f"\n{visible(answer.notice)}", style="yellow"))
    if answer.answer_id:
        # What Dalil says of the library is counted, not judged.
        sure = "" if answer.kind == "about" else f"confidence {answer.confidence:.2f} · "
        console.print(Text(f"\n{sure}answer {answer.answer_id}", style="dim"))


def _show_text(console: Console, answer: Answer) -> None:
    """Print the connecting words, and each quote in lines of its own direction."""
    rest = answer.text
    for citation in answer.citations:
        before, quote, rest = rest.partition(citation.quote)
        marker = f"[{citation.n}]"
        closing, _, rest = rest.partition(marker)
        # The quotation marks stand at the quote's own ends, in its own direction.
        console.print(Text(visible(before[:-1].strip()), style="bold"))
        answering = _answering(citation, len(before[-1:]))
        _show_block(console, f"{before[-1:]}{quote}{closing}{marker}", "green", answering)


def _answering(citation: Citation, shift: int = 0) -> tuple[int, int]:
    """Return where the words that answer stand in the quote, moved on by `shift`."""
    first, last = citation.focus or (citation.start, citation.start)
    return first - citation.start + shift, last - citation.start + shift


def _show_block(
    console: Console, text: str, style: str = "", strong: tuple[int, int] = (0, 0)
) -> None:
    """Print a text indented, the half-open span `strong` of it in bold.

    It is wrapped before it is isolated, since isolates end with their line.
    """
    width = max(console.width - 2 * _INDENT, NARROWEST)
    from_right = direction(text) == "rtl"
    whole = Text(harmless(text), style)
    whole.stylize("bold", *strong)
    for line in whole.wrap(console, width):
        line.rstrip()
        shown = line[len(line.plain) - len(line.plain.lstrip()) :]
        if not shown.plain:
            console.print()
            continue
        gap = _INDENT + (max(width - cell_len(shown.plain), 0) if from_right else 0)
        isolated = Text.assemble(" " * gap, (_ISOLATE, style), shown, (_END, style))
        console.print(isolated, soft_wrap=True)


def show_sources(
    console: Console, citations: Sequence[Citation], *, quoted: bool = False, numbered: bool = True
) -> None:
    """Print each cited article once, and where its citations point to.

    With `quoted` also the words that stand there.
    """
    articles: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations:
        article = citation.article
        articles.setdefault((article.id, article.version), []).append(citation)
    for group in articles.values():
        console.print()
        marks = "".join(f"[{citation.n}] " for citation in group if numbered)
        console.print(Text(marks, style="bold cyan"), _source(group[0].article), sep="")
        for citation in group:
            _show_place(console, citation, quoted=quoted)


def _show_place(console: Console, citation: Citation, *, quoted: bool) -> None:
    if quoted:
        _show_block(console, citation.quote, "green", _answering(citation))
    met = " · ".join(f"{visible(m.question)} ~ {visible(m.quote)}" for m in citation.matches)
    _show_also(console, citation.also)
    article = citation.article
    page = f"page {article.page_at(citation.start)}, " if article.pages else ""
    span = f"{page}{article.id} v{article.version}, {citation.start}-{citation.end}"
    console.print(Padding(Text(visible(span), style="dim"), (0, _INDENT)))
    if met:
        console.print(Padding(Text(met, style="dim"), (0, _INDENT)))


def _show_also(console: Console, articles: Sequence[Article]) -> None:
    """Name the other articles in which the same stands, if there are any."""
    if articles:
        console.print(Text("  also in:", style="dim"))
    for article in articles:
        console.print(Padding(_source(article), (0, 2 * _INDENT)))


def show_glosses(console: Console, glosses: Sequence[QuoteGloss]) -> None:
    """Print quotes word for word, each word before what it means."""
    for each in glosses:
        mark = f"[{each.n}] " if each.n else ""
        title = Text(f"\n{mark}Word for word, by dictionary: not a translation", style="bold")
        console.print(title)
        words = [
            Text.assemble(
                (visible(each.quote[word.start : word.end]), "green"), " ", visible(str(word))
            )
            for word in each.words
        ]
        console.print(Padding(Text(" · ", style="dim").join(words), (0, _INDENT)))
    if glosses:
        console.print(Text("~ as it sounds, word? a guess, a/b either", style="dim"))


def show_other_words(console: Console, found: InOtherWords) -> None:
    """Print quotes word for word, then what a language model makes of them, marked as its own."""
    show_glosses(console, found.glosses)
    for each in found.translations:
        made = each.translation
        mark = f"[{each.n}] " if each.n else ""
        title = f"\n{mark}Machine translation by {visible(made.model)}: not the article's words"
        console.print(Text(title, style="bold"))
        _show_block(console, made.text)
        for what, lacks in (("quote", made.missing), ("translation", made.added)):
            other = "quote" if what == "translation" else "translation"
            if lacks:
                told = f"Only in the {what}, not in the {other}: {', '.join(map(visible, lacks))}"
                console.print(Padding(Text(told, style="yellow"), (0, _INDENT)))


def show_considered(console: Console, answer: Answer) -> None:
    """Print the sentences that came nearest to being cited, each with what its score is made of."""
    console.print(Text("\nConsidered, best first:", style="dim"))
    for each in answer.considered:
        console.print()
        console.print(Text(f"{each.score:.2f} ", style="bold cyan"), _source(each.article), sep="")
        _show_block(console, each.article.text[each.start : each.end])
        told = ", ".join(f"{name} {value:.2f}" for name, value in each.features.items())
        console.print(Padding(Text(told, style="dim"), (0, _INDENT)))


def show_hits(console: Console, hits: Sequence[Hit]) -> None:
    """Print passages, best first, each with its source and score."""
    for hit in hits:
        console.print()
        console.print(Text(f"{hit.score:.3f} ", style="bold cyan"), _source(hit.article), sep="")
        _show_block(console, hit.passage.text)
        _show_also(console, hit.also)


def show_articles(console: Console, articles: Sequence[Article]) -> None:
    """Print each article's id, whole so that it can be copied, and its source."""
    for article in articles:
        version = f" v{article.version}" if article.version > 1 else ""
        console.print(Text(visible(article.id) + version, style="cyan"), soft_wrap=True)
        console.print(Text(" " * _INDENT).append_text(_source(article)), soft_wrap=True)


def show_article(console: Console, article: Article) -> None:
    """Print an article in full."""
    console.print(_source(article))
    console.print()
    console.print(Text(visible(article.text)))


def show_import(console: Console, report: ImportReport, removed: int | None = None) -> None:
    """Print the counts, and on standard error what failed and which files were passed over.

    `removed` counts the articles taken out, where folders were followed.
    """
    from corpus.unread import notice_lines, sentences

    for sentence in sentences(report.skipped):
        sys.stderr.write(f"{visible(sentence)}\n")
    for line in notice_lines(report.notices):
        sys.stderr.write(f"{visible(line)}\n")
    for failure in report.failed:
        sys.stderr.write(f"{visible(failure.place)}: {visible(failure.error or '')}\n")
    done = report.added or report.updated or report.unchanged
    if removed is None and report.failed and not done:
        sys.stderr.write("Nothing was added. Mend these, or add the rest with --keep-going.\n")
    counts = [(len(report.added), "added"), (len(report.updated), "updated"),
              (len(report.unchanged), "unchanged"), (removed or 0, "removed"),
              (len(report.failed), "failed"), (len(report.skipped), "not read")]  # fmt: skip
    console.print(", ".join(f"{count} {name}" for count, name in counts if count) or "Nothing")


def _opening(text: str) -> str | None:
    # Only articles that an older Dalil added have no title.
    from corpus.furniture.describe import opening

    return opening(text)


def _source(article: Article) -> Text:
    parts = [
        visible(article.title or _opening(article.text) or article.id),
        visible(article.outlet) if article.outlet else None,
        article.published.isoformat() if article.published else None,
    ]
    return Text(" · ".join(part for part in parts if part), style="bold")
