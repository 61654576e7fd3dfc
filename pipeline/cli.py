"""The command `scalebridge`: answer and simulate a proposal, compare answers, draft and check a process definition."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.demo import demo
from pipeline.commands.exporting import export
from pipeline.commands.mlflow_pages import ui
from pipeline.commands.qualifying import qualify
from pipeline.commands.quarantine import quarantine
from pipeline.commands.recording import record
from pipeline.commands.series import series
from pipeline.commands.serving import serve
from pipeline.commands.shared import DATA, PLACES, check_targets, say
from pipeline.commands.snapshot import snapshot
from pipeline.commands.watch import replay, watch
from pipeline.commands.workspace import init, note_on_tool, upgrade
from pipeline.domain.boundary.boundary import guarded
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.names.allowed import file_problem, name_problem
from pipeline.domain.names.shown import plain_text
from pipeline.domain.places import ERRORS
from pipeline.domain.whole_files import write_whole

if TYPE_CHECKING:
    from pipeline.answers.result.answer import Answer, Depth
    from pipeline.answers.trained_run import TrainedRun

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"scalebridge {version('scalebridge')}")
        raise typer.Exit


@app.callback(help=__doc__)
def _options(
    context: typer.Context,
    shown: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="print the version and end")
    ] = False,
) -> None:
    """Take the options that come before a command, and say whether the workspace was made for another tool."""
    if context.invoked_subcommand not in ("init", "upgrade") and (note := note_on_tool(Path())):
        typer.echo(f"Note: {plain_text(note)}", err=True)


app.command()(init)
app.command()(upgrade)


@app.command()
def predict(
    proposal: Annotated[
        Path, typer.Argument(help="the proposal, such as data/proposals/mab_to_2000L.yaml, or a workbook with one per row")
    ],
    out: Annotated[Path | None, typer.Option(help="write result.json here as well; of a workbook, a workbook")] = None,
    report: Annotated[Path | None, typer.Option(help="write the page report.html here as well")] = None,
    simulated: Annotated[
        bool, typer.Option("--simulate", help="also compute scenarios and next runs; a page always contains them")
    ] = False,
    tracked: Annotated[bool, typer.Option("--track", help="also add the answer to the MLflow run of the model")] = False,
) -> None:
    """Answer a proposed scale-up with the trained model. Numbers take about two seconds, the whole page about ten."""
    from pipeline.reports.terminal.answer import show, show_reasons, terminal

    check_targets(out, report)
    if proposal.suffix.lower() == ".xlsx":
        from pipeline.commands.predicting_sheet import answer_sheet

        if report is not None or simulated or tracked:
            raise ScalebridgeError(
                "A workbook of proposals is answered with numbers alone: leave --report, --simulate and --track out"
            )
        answer_sheet(proposal, out, _trained_run(), say)
        return
    trained = _trained_run()
    found = _answer(proposal, trained, "whole" if simulated or tracked or report is not None else "causes")
    show(found, terminal())
    show_reasons(found, terminal())
    if simulated:
        from pipeline.reports.terminal.scenarios import show_simulation

        show_simulation(found, terminal())
    if out is not None:
        from pipeline.answers.result.files import as_text

        write_whole(out, as_text(found))
    if report is not None:
        from datetime import date

        from pipeline.answers.past_predictions.record_of_run import record_of_run
        from pipeline.reports.files import whole_page

        write_whole(report, whole_page(found, asked=date.today(), given=record_of_run(PLACES, trained)))
    if tracked:
        say(f"Added to MLflow run {_track(found, trained.process.name, _own_name(proposal))}")


def _own_name(proposal: Path) -> str:
    """Return the name of the folder for the results of a proposal: the name of its file."""
    if problem := file_problem(proposal.stem):
        raise ScalebridgeError(f"{proposal.name!r} cannot give its name to a folder of results: {problem}; rename the file")
    return proposal.stem


def _answer(proposal: Path, trained: "TrainedRun", depth: "Depth") -> "Answer":
    from pipeline.commands.giving import answer_of

    return answer_of(proposal, trained, depth)


def _trained_run() -> "TrainedRun":
    from pipeline.answers.trained_run import read_trained_run
    from pipeline.publication.data_folder import note_on_changes
    from pipeline.publication.runs import current_run

    bundle = current_run(PLACES)
    if note := note_on_changes(PLACES, bundle):
        typer.echo(f"Note: {note}", err=True)
    return read_trained_run(PLACES, bundle)


def _track(found: "Answer", process: str, name: str) -> str:
    """Add an answer to the MLflow run of the published run that answered. Returns the MLflow run."""
    import tempfile

    from pipeline.reports.files import write_answer
    from pipeline.tracking.mlflow import add_files
    from pipeline.tracking.record import experiment_of

    with tempfile.TemporaryDirectory() as folder:
        write_answer(found, Path(folder))
        run = found.record.hashes.run
        return add_files(Path.cwd(), experiment_of(process), run, Path(folder), f"asked/{name}")


@app.command()
def propose(
    product: Annotated[str, typer.Option(help="the product; a new name is a new product")] = "",
    scale: Annotated[str, typer.Option(help="the batch size with its unit, such as '2000 L'")] = "",
    equipment: Annotated[str | None, typer.Option(help="a vessel or machine of the history")] = None,
    hold: Annotated[
        list[str] | None,
        typer.Option(
            help="solve a set-point so that it holds a quantity of the reference batches: agitation=power_per_volume"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="file to write; default: in data/proposals/, named after the question")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace an existing file")] = False,
) -> None:
    """Draft a proposal: each set-point as history ran it for the product or in the vessel, with a comment that says so."""
    from pipeline.answers.case.draft import Asked
    from pipeline.commands.proposing import own_file, pairs, write_draft

    holds, asked = pairs(hold or []), Asked(product, scale, equipment)
    trained = _trained_run()
    target = out or PLACES.proposals / own_file(trained.process.name, asked)
    check_targets(target)
    to_change = write_draft(trained, asked, holds, target, replace=force)
    say(f"Wrote {target}. Change what you plan differently, then: scalebridge predict {target}")
    if to_change:
        say(f"Before it can be answered: {to_change}")


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="a proposal (.yaml) or an answer (result.json)")],
    second: Annotated[Path, typer.Argument(help="another proposal, or the answer of another model")],
    report: Annotated[Path | None, typer.Option(help="write the table as a page here")] = None,
) -> None:
    """Show two proposals, or the answers of two models, runs or workspaces, side by side."""
    from pipeline.reports.comparison import comparison, comparison_page, show_comparison
    from pipeline.reports.terminal.answer import terminal

    check_targets(report)
    one, other = _answers(first, second)
    found = comparison(one, other, (str(first), str(second)))
    show_comparison(found, terminal())
    if report is not None:
        write_whole(report, comparison_page(found))


def _answers(*paths: Path) -> "list[Answer]":
    """Return the answers: computed for a proposal, read from the file for an answer. The trained model is read only once."""
    from pipeline.answers.result.files import read_answer

    trained: TrainedRun | None = None
    answers = []
    for path in paths:
        if path.suffix == ".json":
            answers.append(read_answer(path))
            continue
        trained = trained or _trained_run()
        answers.append(_answer(path, trained, "causes"))
    return answers


@app.command()
def simulate(
    proposal: Annotated[Path, typer.Argument(help="the proposal, such as data/proposals/mab_to_2000L.yaml")],
    out: Annotated[Path | None, typer.Option(help="folder to write to; default: data/simulations/<proposal>")] = None,
) -> None:
    """Compute the scenarios, the next runs and the transfer map of a proposal."""
    from pipeline.reports.answered_by import answered_by
    from pipeline.reports.files import write_simulation
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.scenarios import show_simulation

    found = _answer(proposal, _trained_run(), "whole")
    show_simulation(found, terminal())
    written = write_simulation(found, out or PLACES.simulations / _own_name(proposal))
    say(f"\n{answered_by(found)}\nWritten to {written[0].parent}: {', '.join(path.name for path in written)}")


app.command()(record)
app.command()(watch)
app.command()(replay)
app.command()(serve)


@app.command()
def scaffold(
    name: Annotated[str, typer.Argument(help="name of the process; its files are in data/raw/<name>/")],
    force: Annotated[bool, typer.Option(help="replace an existing definition")] = False,
) -> None:
    """Draft conf/process/<name>.yaml from the files in data/raw/<name>/."""
    from pipeline.history.scaffold import CONFIRM, draft

    if problem := name_problem(name):
        raise ScalebridgeError(f"{name!r} cannot be the name of a process: {problem}; write letters, digits, '_' and '-'")
    target = PLACES.conf / "process" / f"{name}.yaml"
    if target.exists() and not force:
        raise ScalebridgeError(f"{target} exists; --force replaces it")
    write_whole(target, draft(name, PLACES.raw / name))
    say(f"Wrote {target}. Replace each {CONFIRM}, then: scalebridge check")


@app.command()
def check() -> None:
    """Validate the configuration that params.yaml selects, and read its data files: what is set aside, which protocols apply.

    It fails if no batch is left.
    """
    from pipeline.config import compose, validate
    from pipeline.domain.scale import scale_levels
    from pipeline.extrapolation.applicable import history_lines
    from pipeline.history.balances.of_history import balances_of
    from pipeline.history.quality.balances import in_one_line
    from pipeline.history.quality.findings import findings
    from pipeline.history.quality.verdict import in_short, read_history_of, require_batches, verdict

    composed = validate(compose(PLACES.conf, PLACES.params), str(PLACES.params))
    process = composed.process
    folder, snapshots = PLACES.raw / process.name, PLACES.snapshots / process.name
    read: list[str] = []
    judged = None
    there = snapshots.exists() if all(source.pull is not None for source in process.sources.values()) else folder.exists()
    if there:
        history = read_history_of(process, folder, composed.left_out, composed.scope, snapshots)
        balances, judged = balances_of(process, history), verdict(process, history)
        read = [*in_short(judged), *findings(process, history)]
        read += [] if balances is None else [in_one_line(balances)]
        if not history.batches.is_empty():
            level = scale_levels(history.batches["scale"], process.scale.tolerance).alias("scale_level")
            batches = history.batches.with_columns(level)
            about = (composed.split, process.targets, process.attributes, process.axes)
            read += history_lines(batches, history.results, *about)
    missing = (
        f"{snapshots} does not exist yet, `scalebridge snapshot` makes it"
        if folder.exists()
        else f"{folder} does not exist yet"
    )
    files = "its files are readable" if there else missing
    say(
        f"{process.name}: {len(process.stated_attributes)} attributes, {len(process.sources)} sources, predicts "
        f"{', '.join(process.targets) or 'nothing'}; {files}"
    )
    for line in read:
        say(line)
    if judged is not None:
        require_batches(judged)


app.command()(quarantine)
app.command()(series)
app.command()(snapshot)
app.add_typer(demo, name="demo")
app.command()(export)


@app.command()
def summary() -> None:
    """Print the results of the last run: errors, skill, coverage, and the answers to the proposals."""
    from pipeline.publication.runs import current_run
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.run_summary import show_summary

    bundle = current_run(PLACES)
    show_summary(bundle.run, bundle.places, PLACES.answers, terminal())


@app.command()
def runs() -> None:
    """List the published runs. Commands answer from the current one."""
    from pipeline.publication.runs import published_runs
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.runs import show_runs

    if found := published_runs(PLACES):
        show_runs(found, terminal())
    else:
        say(f"There is no published run in {PLACES.runs}. `dvc repro`, in the folder of a project, makes one.")


@app.command()
def use(run: Annotated[str, typer.Argument(help="the run, or the beginning of its name; see `scalebridge runs`")]) -> None:
    """Answer from another published run, for example to come back from an experiment."""
    from pipeline.publication.runs import use as use_run

    found = use_run(PLACES, run)
    say(f"Commands now answer from run {found}. The next `dvc repro` publishes its own run and uses that.")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=0, help="number of runs to keep besides the current one")] = 0,
    yes: Annotated[bool, typer.Option("--yes", help="delete without asking")] = False,
) -> None:
    """Delete published runs other than the current one. It lists them and asks first."""
    from pipeline.publication.runs import current_run, delete, published_runs, to_delete
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.runs import show_runs

    current_run(PLACES)  # without a whole current run nothing may be deleted
    found = to_delete(published_runs(PLACES), keep)
    if not found:
        say("There is no run to delete.")
        return
    show_runs(found, terminal())
    try:
        wanted = yes or typer.confirm(f"Delete these {len(found)} runs for ever?")
    except typer.Abort:
        raise ScalebridgeError(
            "Nothing was deleted, since there was no answer, y or n. `scalebridge prune --yes` does not ask"
        ) from None
    if not wanted:
        say("Nothing was deleted.")
        return
    deleted = delete(PLACES, found)
    kept = [one.run for one in found if one.run not in deleted]
    say(f"Deleted {len(deleted)} runs." + (f" Kept: {', '.join(kept)}, used or deleted by another program." if kept else ""))


@app.command()
def track() -> None:
    """Log the published run that the answers are from, and the answers, in MLflow, unless it has the same already.

    `dvc repro` does so for a new run. This command is for a run that MLflow has lost, such as after `mlflow.db` was deleted.
    """
    from pipeline.stages.track import track as log

    log(PLACES)


app.command()(ui)
app.command()(qualify)


def main() -> None:
    """Run the command. Every error prints one message and gives exit code 1."""
    gc.set_threshold(100_000)  # a command is short; garbage collection would take a tenth of its time
    guarded("scalebridge", app, DATA / ERRORS)
