"""The command `scalebridge`: answer a proposal, play its scenarios, draft a definition, check, sum up."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: targets are computed beside each other already

import typer

from pipeline.domain.errors import ScalebridgeError

if TYPE_CHECKING:
    from pipeline.answers.simulation import Simulation
    from pipeline.answers.trained_run import Basis, Choices

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

DATA = Path("data")


@app.command()
def predict(
    proposal: Annotated[Path, typer.Argument(help="the proposal, such as data/proposals/mab_to_2000L.yaml")],
    out: Annotated[Path | None, typer.Option(help="write result.json here as well")] = None,
    report: Annotated[Path | None, typer.Option(help="write the page report.html here as well")] = None,
    simulated: Annotated[bool, typer.Option("--simulate", help="play its scenarios too; a page always holds them")] = False,
    tracked: Annotated[bool, typer.Option("--track", help="add all of it to the MLflow run of the model")] = False,
) -> None:
    """Answer a proposed scale-up from the trained model: numbers in two seconds, the whole page in ten."""
    from pipeline.reports.terminal.answer import show, terminal
    from pipeline.reports.terminal.decision import show_decision

    basis = _basis()
    if simulated or tracked or report is not None:
        from pipeline.answers.answer_files import answer_whole

        result = dict(answer_whole(proposal, basis).result)
    else:
        from pipeline.answers.answer import decide_file

        result = decide_file(proposal, basis)
    show(result, terminal())
    show_decision(result, terminal())
    if simulated:
        from pipeline.reports.terminal.scenarios import show_simulation

        show_simulation(result, terminal())
    if out is not None:
        from pipeline.domain.config_files import as_json

        out.write_text(as_json(result), encoding="utf-8")
    if report is not None:
        from pipeline.reports.figures.scenarios import pictures_of
        from pipeline.reports.html.page import page

        report.write_text(page(result, pictures_of(result)), encoding="utf-8")
    if tracked:
        typer.echo(f"Added to MLflow run {_track(result, proposal.stem)}")


def _track(result: dict[str, Any], name: str) -> str:
    """Keep an answer with the run that trained its model; return the run."""
    import tempfile

    from pipeline.domain.config_files import read_json
    from pipeline.reports.files import write_answer
    from pipeline.tracking.mlflow import add

    if not (DATA / "run.json").is_file():
        raise ScalebridgeError(f"{DATA / 'run.json'} does not exist; run `dvc repro` first")
    run = str(read_json(DATA / "run.json")["run_id"])
    with tempfile.TemporaryDirectory() as folder:
        write_answer(result, Path(folder))
        add(Path.cwd(), run, Path(folder), f"asked/{name}")
    return run


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="a proposal (.yaml) or an answer (result.json)")],
    second: Annotated[Path, typer.Argument(help="another one, or the answer of another model")],
    report: Annotated[Path | None, typer.Option(help="write the table as a page here")] = None,
) -> None:
    """Show two proposals, or the answers of two models, side by side."""
    from pipeline.reports.comparison import comparison, comparison_page, show_comparison
    from pipeline.reports.terminal.answer import terminal

    table = comparison(*_answers(first, second))
    show_comparison(table, terminal())
    if report is not None:
        report.write_text(comparison_page(table), encoding="utf-8")


def _answers(*paths: Path) -> list[dict[str, Any]]:
    """Answer proposals from the trained model; what is an answer already is read."""
    from pipeline.answers.answer import decide_file
    from pipeline.domain.config_files import read_json

    basis: Basis | None = None
    answers = []
    for path in paths:
        if path.suffix == ".json" and path.is_file():
            answers.append(read_json(path))
            continue
        basis = basis or _basis()
        answers.append(decide_file(path, basis))
    return answers


def _basis() -> "Basis":
    """The trained model and all that decisions stand on."""
    from pipeline.answers.limits import DecisionConfig
    from pipeline.answers.trained_run import Places, read_basis
    from pipeline.domain.config_files import load
    from pipeline.domain.process.process import Process

    places = Places.under(DATA)
    process, limits = load(places.config, "process", Process), load(places.config, "decision", DecisionConfig)
    return read_basis(places, process, limits, _choices(places.config))


def _choices(config: Path) -> "Choices":
    from pipeline.answers.limits import DecisionConfig
    from pipeline.answers.trained_run import Choices
    from pipeline.domain.config_files import load
    from pipeline.domain.run_cost import RunCost
    from pipeline.domain.site_knowledge import SiteKnowledge

    transfer, cost, seed = load(config, "transfer", SiteKnowledge), load(config, "cost", RunCost), load(config, "seed", int)
    return Choices(transfer, cost, seed, load(config, "decision", DecisionConfig).next_runs)


@app.command()
def simulate(
    proposal: Annotated[Path, typer.Argument(help="the proposal, such as data/proposals/mab_to_2000L.yaml")],
    out: Annotated[Path | None, typer.Option(help="folder to write to; data/simulations/<proposal> where not given")] = None,
) -> None:
    """Play scenarios of a proposal, look for the next runs, and map what its transfer lacks."""
    from pipeline.reports.files import write_simulation
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.scenarios import show_simulation

    found = _simulation(proposal)
    show_simulation(found.result, terminal())
    written = write_simulation(found.result, out or DATA / "simulations" / proposal.stem)
    typer.echo(f"\nWritten to {written[0].parent}: {', '.join(path.name for path in written)}")


def _simulation(proposal: Path) -> "Simulation":
    """Simulate a proposal with the trained model."""
    from pipeline.answers.answer_files import simulate_file
    from pipeline.answers.trained_run import Places, read_ready
    from pipeline.domain.config_files import load
    from pipeline.domain.process.process import Process

    places = Places.under(DATA)
    return simulate_file(proposal, read_ready(load(places.config, "process", Process), places), _choices(places.config))


@app.command()
def scaffold(
    name: Annotated[str, typer.Argument(help="name of the process; its files lie in data/raw/<name>/")],
    force: Annotated[bool, typer.Option(help="replace a definition that is already there")] = False,
) -> None:
    """Draft conf/process/<name>.yaml from the files in data/raw/<name>/."""
    from pipeline.history.scaffold import CONFIRM, draft

    target = Path("conf/process") / f"{name}.yaml"
    if target.exists() and not force:
        raise ScalebridgeError(f"{target} exists; --force replaces it")
    target.write_text(draft(name, DATA / "raw" / name), encoding="utf-8")
    typer.echo(f"Wrote {target}. Replace each {CONFIRM}, then: scalebridge check")


@app.command()
def check() -> None:
    """Compose and validate the configuration that params.yaml chooses, and look for the files that it names."""
    from pipeline.config import compose, validate
    from pipeline.history.connectors.files import read_source
    from pipeline.history.typed_rows import needed_columns

    composed = validate(compose(Path("conf"), Path("params.yaml")), "params.yaml")
    process = composed.process
    folder = DATA / "raw" / process.name
    if folder.exists():
        for name, source in process.sources.items():
            read_source(name, source, folder, needed_columns(name, source, process))
    files = "its files are readable" if folder.exists() else f"{folder} is not there yet"
    typer.echo(
        f"{process.name}: {len(process.attributes)} attributes, {len(process.sources)} sources, predicts "
        f"{', '.join(process.targets)}; {files}"
    )


@app.command()
def summary() -> None:
    """Print what the last run found: errors, skill, coverage, and the answers to the proposals."""
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.run_summary import show_summary

    show_summary(DATA, terminal())


@app.command()
def ui(port: int = 5000) -> None:
    """Open MLflow's pages on the runs of this folder."""
    from pipeline.tracking.mlflow import run_pages, ui_command

    typer.echo("\n".join(run_pages(Path.cwd(), port)) or "No run yet: make run")
    os.environ.setdefault("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")  # background workers that nothing here uses
    command = [*ui_command(Path.cwd()), "--port", str(port)]
    os.execvp(command[0], command)


def main() -> None:
    """Run the command; a user's mistake ends as a sentence and exit code 1."""
    gc.set_threshold(100_000)  # a command is over before its garbage matters, and looking for it takes a tenth of the time
    try:
        app()
    except ScalebridgeError as error:
        sys.exit(f"scalebridge: {error}")
