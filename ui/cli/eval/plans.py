"""From the options of `dalil eval` to a plan, and from a plan to a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.cases.case import Case
    from eval.running.evaluate import Plan
    from eval.running.parameters import Parameters
    from eval.running.runs import Run
    from ui.settings.settings import Settings


def plan_cases(
    settings: Settings,
    case_files: Sequence[Path] | None,
    articles: Path | None,
    parameters: Parameters,
    *,
    quick: bool,
) -> Plan:
    """Return the plan of a run of cases in files, or of Dalil's own."""
    from eval.running import evaluate
    from eval.running.evaluate import Plan, read_articles
    from eval.sources import read_any

    files = case_files or [evaluate.CASES]
    if not case_files:
        articles = articles or evaluate.DEMO
    asked: list[Case] = [case for file in files for case in read_any(file)]
    return Plan(
        name=("-".join(file.stem for file in case_files) if case_files else "own cases")
        + (", quick" if quick else ""),
        cases=evaluate.quick(asked) if quick else asked,
        cases_name=", ".join(file.name for file in files) + (", quick part" if quick else ""),
        collection=articles.name if articles else settings.home.name,
        articles=read_articles(articles) if articles else None,
        home=settings.home,
        parameters=parameters,
        **_models(settings),
    )


def plan_squad(
    settings: Settings,
    squad: Path,
    questions: Path | None,
    sample: int | None,
    parameters: Parameters,
) -> Plan:
    """Return the plan of a run of SQuAD's questions on the paragraphs of a SQuAD file."""
    from eval.running.evaluate import Plan
    from eval.sources.squad import squad_cases

    source = squad_cases(squad, questions, sample=sample)
    asked = questions or squad
    return Plan(
        name=f"{asked.stem}-{squad.stem}" if questions else squad.stem,
        cases=source.cases,
        cases_name=asked.name + (f", {sample} of them" if sample else ""),
        collection=squad.name,
        articles=source.articles,
        parameters=parameters,
        **_models(settings),
    )


def _models(settings: Settings) -> dict[str, Any]:
    """Return the models of a plan: the encoder, and those of the settings that are set."""
    from ui.service import Shared

    shared = Shared(settings)
    models = {
        "encoder": settings.encoder, "reranker": settings.reranker, "reader": settings.reader
    }  # fmt: skip
    return models | {"llm": shared.model(), "limits": shared.limits()}


def read_parameters(values: Sequence[str] | None, settings: Settings) -> Parameters:
    """Read the values of --set, over the weights that Dalil ships for the reader of `settings`."""
    from eval.running.parameters import Parameters

    pairs = [value.partition("=") for value in values or ()]
    if any(not equals for _, equals, _ in pairs):
        raise typer.BadParameter("--set takes NAME=VALUE, such as fusion.late=0.")
    return Parameters.shipped(reader=settings.reader != "none").with_values(
        {name.strip(): value.strip() for name, _, value in pairs}
    )


def carry_out(plan: Plan) -> Run:
    """Ask all cases of a plan, with a bar while it lasts."""
    from eval.running.evaluate import evaluate
    from ui.progress import progress

    with progress("Asking", None) as show:
        return evaluate(plan, show)
