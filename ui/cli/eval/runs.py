"""`dalil eval compare`, `gate` and `report`: what is done with runs that are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.console import DONE, FAULT, print_json, say
from ui.cli.eval.plans import carry_out, plan_cases, read_parameters
from ui.cli.options import AsJson, EncoderName, Quick, ReaderName, RerankerName, SetValues
from ui.settings.settings import Settings

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]


def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="Folder of the earlier run.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Folder of the later run.")],
    as_json: AsJson = False,
) -> None:
    """Say what got better or worse from run A to run B, how sure that is, and which cases flipped.

    Cases are compared one by one; only those that both runs hold unchanged count.
    """
    from eval.comparing.compare import compare as compare_runs
    from eval.comparing.side_by_side import comparison_markdown
    from eval.running.runs import read_run

    comparison = compare_runs(read_run(before), read_run(after))
    if as_json:
        print_json(comparison.as_json())
    else:
        typer.echo(comparison_markdown(comparison))


def gate(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Argument(help="Folder of a run. Default: Dalil's own cases are asked.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="File to compare with. Default: eval/comparing/baseline.json."),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Keep this run as what later ones must not fall below.")
    ] = False,
    quick: Quick = False,
    values: SetValues = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    reader: ReaderName = None,
    as_json: AsJson = False,
) -> None:
    """Fail (exit code 1) if a measure is significantly worse than in the kept baseline."""
    from eval.comparing.baseline import BASELINE, read_baseline, write_baseline
    from eval.comparing.gate import check
    from eval.running.evaluate import is_quick
    from eval.running.runs import read_run

    if update and quick:
        raise typer.BadParameter("A baseline needs all cases: give --update without --quick.")
    if run:
        tried = read_run(run)
    else:
        # What CI compares must not depend on a model that the environment names.
        read = Settings.read(context.obj[0], encoder or context.obj[1], reranker, reader=reader)
        settings = replace(read, llm=None)
        tried = carry_out(
            plan_cases(settings, None, None, read_parameters(values, settings), quick=quick)
        )
    file = baseline or BASELINE
    if update:
        write_baseline(tried, file)
        say(f"Kept {len(tried.outcomes)} cases in {file}.")
        return
    kept = read_baseline(file)
    # Of a quick look only its own cases are expected, all of them.
    asked = {name for name in kept.outcomes if is_quick(name)} if quick else None
    result = check(tried, kept, asked)
    if as_json:
        print_json(result.as_json())
    else:
        typer.echo(result.as_text())
    raise typer.Exit(DONE if result.passed else FAULT)


def report(run: RunFolder) -> None:
    """Write the HTML report of a run into its folder, and print its Markdown."""
    from eval.report import markdown, write_report
    from eval.running.runs import read_run

    kept = read_run(run)
    page = write_report(kept, run)
    typer.echo(markdown(kept))
    typer.echo(f"Open {page}.")
