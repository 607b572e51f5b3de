"""What a person reads at the terminal.  Article text is data here: no markup, no escapes."""

from __future__ import annotations

from collections.abc import Sequence

import regex
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.article import Article
from corpus.language import script
from rag.answer import Answer, Citation, Hit

# First strong isolate and its end: the terminal orders each text by its own direction and
# keeps the punctuation around it in place (Unicode Standard Annex 9).
_ISOLATE, _END = "\u2068", "\u2069"
# An escape sequence inside an article must not reach the terminal.
_CONTROL = regex.compile(r"[\p{Cc}--[\n\t]]|[\u202a-\u202e\u2066-\u2069]", regex.V1)
_RTL_SCRIPTS = {"Arab", "Hebr"}


def visible(text: str) -> str:
    r"""Return `text` with control characters shown as U+FFFD, each line in its own direction.

    >>> visible("a\x1b[2Jb") == "\u2068a\ufffd[2Jb\u2069"
    True
    """
    shown = _CONTROL.sub("\ufffd", text)
    return "\n".join(f"{_ISOLATE}{line}{_END}" if line else "" for line in shown.split("\n"))


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer with its citations, or an abstention with the nearest passages."""
    if answer.status == "abstained":
        console.print(Text(visible(answer.text), style="yellow"))
        if answer.related:
            console.print(Text("\nNearest passages (not evidence):", style="dim"))
            show_hits(console, answer.related)
    else:
        console.print(Text(visible(answer.text)))
        for citation in answer.citations:
            _show_citation(console, citation)
    if answer.notice:
        console.print(Text(f"\n{answer.notice}", style="yellow"))
    if answer.answer_id:
        console.print(
            Text(f"\nconfidence {answer.confidence:.2f} · answer {answer.answer_id}", style="dim")
        )


def _show_citation(console: Console, citation: Citation) -> None:
    console.print()
    console.print(Text(f"[{citation.n}] ", style="bold cyan"), _source(citation.article), sep="")
    quote = Text(visible(citation.quote), style="green")
    if script(citation.quote) in _RTL_SCRIPTS:
        quote.justify = "right"
    console.print(Padding(quote, (0, 4)))
    met = " · ".join(
        f"{visible(m.question)} ~ {visible(m.quote)}" for m in citation.matches if m.score >= 0.5
    )
    span = f"{citation.article.id} v{citation.article.version}, {citation.start}-{citation.end}"
    console.print(Padding(Text(visible(span), style="dim"), (0, 4)))
    if met:
        console.print(Padding(Text(met, style="dim"), (0, 4)))


def show_hits(console: Console, hits: Sequence[Hit]) -> None:
    """Print passages, best first, each with its source and score."""
    for hit in hits:
        console.print()
        console.print(Text(f"{hit.score:.3f} ", style="bold cyan"), _source(hit.article), sep="")
        text = Text(visible(hit.passage.text))
        if script(hit.passage.text) in _RTL_SCRIPTS:
            text.justify = "right"
        console.print(Padding(text, (0, 4)))


def show_articles(console: Console, articles: Sequence[Article]) -> None:
    """Print a table of articles."""
    table = Table("id", "version", "published", "outlet", "title", box=None, header_style="bold")
    for article in articles:
        table.add_row(
            Text(visible(article.id)),
            str(article.version),
            article.published.isoformat() if article.published else "",
            Text(visible(article.outlet or "")),
            Text(visible(article.title or "")),
        )
    console.print(table)


def show_article(console: Console, article: Article) -> None:
    """Print an article in full."""
    console.print(_source(article))
    console.print()
    console.print(Text(visible(article.text)))


def _source(article: Article) -> Text:
    parts = [
        visible(article.title or article.id),
        visible(article.outlet) if article.outlet else None,
        article.published.isoformat() if article.published else None,
    ]
    return Text(" · ".join(part for part in parts if part), style="bold")
