"""The group of commands, and `dalil eval` itself: ask every case, and say how good it was."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import print_json, say
from ui.cli.eval.cases import cases
from ui.cli.eval.plans import carry_out, plan_cases, plan_squad, read_parameters
from ui.cli.eval.reading import reading
from ui.cli.eval.retrieval import retrieval
from ui.cli.eval.runs import compare, gate, report
from ui.cli.options import (
    AsJson,
    EncoderName,
    Home,
    ModelName,
    Quick,
    ReaderName,
    RerankerName,
    SetValues,
)
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from eval.running.runs import Run

app = typer.Typer(help="Measure how good the answers are, and whether they got better.")
app.command()(compare)
app.command()(gate)
app.command()(report)
app.command()(cases)
app.command()(retrieval)
app.command()(reading)

CasesPaths = Annotated[
    list[Path] | None,
    typer.Option("--cases", help="File or folder of cases (JSONL, CSV). Default: Dalil's own."),
]
ArticlesPath = Annotated[
    Path | None,
    typer.Option("--articles", help="Articles they are about. Default: your library."),
]


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    case_files: CasesPaths = None,
    articles: ArticlesPath = None,
    squad: Annotated[
        Path | None, typer.Option(help="SQuAD file: its paragraphs are the articles.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(help="SQuAD file with the same questions in another language.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Ask so many of the SQuAD file's questions.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of this run. Default: a new one in runs/.")
    ] = None,
    quick: Quick = False,
    values: SetValues = None,
    home: Home = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    reader: ReaderName = None,
    llm: ModelName = None,
    as_json: AsJson = False,
) -> None:
    """Ask every case, judge the answers and keep the run with a report in a folder.

    Without options Dalil's own cases are asked of its demo collection; --cases asks yours of your
    library, or of the --articles that you name.
    """
    if context.invoked_subcommand:
        return
    settings = Settings.read(
        home or context.obj[0], encoder or context.obj[1], reranker, llm, reader
    )
    parameters = read_parameters(values, settings)
    if squad:
        if case_files or articles:
            raise typer.BadParameter("Give --squad, or --cases and --articles, not both.")
        plan = plan_squad(settings, squad, questions, sample, parameters)
    else:
        if questions or sample:
            raise typer.BadParameter("--questions and --sample belong to --squad.")
        plan = plan_cases(settings, case_files, articles, parameters, quick=quick)
    _show(carry_out(plan), out, as_json=as_json)


def _show(run: Run, out: Path | None, *, as_json: bool) -> None:
    from corpus.errors import DalilError
    from eval.comparing.summary import summarise
    from eval.comparing.threshold import fit_threshold
    from eval.files import as_builtins
    from eval.report import markdown, write_report
    from eval.running.runs import write_run

    manifest = run.manifest
    stamp = "".join(c for c in manifest.started if c.isdigit() or c == "T")[:15]
    name = re.sub(r"[^\w.]+", "-", manifest.name)
    folder = out or Path("runs") / f"{stamp}-{name}"
    write_run(run, folder)
    try:
        page = write_report(run, folder)
    except DalilError as error:
        # Only the page needs more than the base install; the run is whole without it.
        page = None
        say(str(error))
    if as_json:
        rows = [as_builtins(row) for row in summarise(run.outcomes)]
        fitted = as_builtins(fit_threshold(run.outcomes))
        print_json(
            {
                "run": str(folder),
                "report": page and str(page),
                "manifest": as_builtins(manifest),
                "rows": rows,
                "threshold": fitted,
            }
        )
        return
    typer.echo(markdown(run))
    typer.echo(f"Kept in {folder}" + (f"; open {page}." if page else "."))
