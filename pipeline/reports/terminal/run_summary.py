"""The results of the last run as tables in the terminal."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.answers.result.files import read_answer
from pipeline.assessment.learning_curve import OWN, sentences
from pipeline.domain.config_files import load, read_json
from pipeline.domain.display import size
from pipeline.domain.places import Places
from pipeline.domain.process.axis_words import Change, change_of, in_place, transfers_in_words
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.domain.units import Unit
from pipeline.forecasting.intervals import MAIN_LEVEL
from pipeline.forecasting.model_choice import ANSWERING
from pipeline.forecasting.model_choice import UNTESTED as NOT_DECIDED
from pipeline.reports.terminal.answer import WIDE, show

Names = Callable[[str], str]
"""Gives the display name of an attribute."""

BASELINES = ("global_mean", "carry_over")
TWO_LINES = {
    "noise floor": "noise\nfloor",
    "carry-over": "carry-\nover",
    "global mean": "global\nmean",
    "95 % of covered": "95 % of\ncovered",
}
"""Name of a column of scores → the same in two lines, which leave more room for the names of attributes."""
REENACTED = (
    "Each forecast, and the choice of its model, uses only batches from before the {}.\n"
    "inside: outcomes within the 90 % interval."
)
"""Subtitle of the table of past transfers, with a place for what they are."""


UNTESTED = "No batch was hidden from the model, since no protocol applies to this history: `scalebridge check` says why."
NO_OTHERS = f"Not known: no product has more than {max(OWN) + 1} batches with results, with another product beside it."


def show_summary(run: str, places: Places, answers: Path, console: Console) -> None:
    """Print scores, answers and the files and commands to look at next.

    run: name of the published run. places: its files. answers: folder with the answers to the proposals.
    """
    console.print(Text(f"Run {run}"))
    levels = (
        read_table(places.calibrations)
        .group_by("protocol", "model", "cqa")
        .agg((pl.col("largest_level").min() >= MAIN_LEVEL).alias("supported"))
    )
    pooled = read_table(places.scores).filter(pl.col("product") == "all").join(levels, on=["protocol", "model", "cqa"])
    process = load(places.config, "process", Process)
    names = process.display_name
    if places.reenactments.is_file():
        scale = process.attributes[process.scale.attribute].si
        console.print(*_reenacted(read_table(places.reenactments), scale, names, wide=console.width >= WIDE), sep="\n")
    if pooled.is_empty():
        console.print(Text(UNTESTED))
    else:
        console.print(_scores(pooled, names, wide=console.width >= WIDE))
    about = read_json(places.model / "about.json")
    console.print(_choices(about["choices"], about.get("unanswered", {}), names))
    if places.transfer.is_file() and process.states_product:
        lines = sentences(read_table(places.transfer)) or [NO_OTHERS]
        console.print(Text("\n".join(["", "Do the other products help a new one?", *lines])))
    for path in sorted(answers.glob("*/result.json")):
        found = read_answer(path)
        show(found, console)
        if (of := found.record.hashes.run) != run:
            console.print(
                Text(f"This answer is from {f'run {of}' if of else 'an earlier version'}, not from the current run.")
            )
    console.print(_next(places))


def _scores(pooled: pl.DataFrame, names_of: Names, *, wide: bool) -> Table:
    """Return one line per CQA and protocol: errors, errors of the baselines, skill, and coverage of the 90 % interval.

    The errors are those of the model that answers.
    """
    table = Table(box=None, padding=(0, 1), header_style="bold", title_justify="left", pad_edge=False)
    table.title = "Batches that the model had not seen"
    names = ["RMSE", "noise floor", "skill", "covered", "95 % of covered", "width"]
    if wide:
        names = [
            "batches",
            "groups",
            "RMSE",
            "noise floor",
            "carry-over",
            "global mean",
            "skill",
            "95 % of skill",
            "covered",
            "95 % of covered",
            "width",
        ]
    table.add_column("protocol", no_wrap=True)
    for name in ("attribute", "unit"):
        table.add_column(name, overflow="fold")
    for name in names:
        table.add_column(TWO_LINES.get(name, name), justify="right", no_wrap=True)
    before = ""
    for row in pooled.filter(pl.col("model") == ANSWERING).sort("protocol", "cqa").iter_rows(named=True):
        same = pooled.filter((pl.col("protocol") == row["protocol"]) & (pl.col("cqa") == row["cqa"]))
        others = {name: same.filter(pl.col("model") == name)["rmse"] for name in BASELINES}
        cells = {
            "batches": str(row["n"]),
            "groups": str(row.get("groups") or ""),
            "RMSE": f"{row['rmse']:.3g}",
            "noise floor": _floor(row.get("noise_floor")),
            "carry-over": f"{others['carry_over'][0]:.3g}" if len(others["carry_over"]) else "",
            "global mean": f"{others['global_mean'][0]:.3g}" if len(others["global_mean"]) else "",
            "skill": _signed(row["skill_carry_over"]),
            "95 % of skill": _range(row["skill_carry_over_low"], row["skill_carry_over_high"]),
            "covered": f"{100 * row['coverage_90']:.0f} %" + ("" if row["supported"] else " *"),
            "95 % of covered": _percent(row.get("coverage_90_least"), row.get("coverage_90_most")),
            "width": f"{row['width_90']:.3g}",
        }
        protocol = "" if row["protocol"] == before else row["protocol"].replace("_", " ")
        table.add_row(protocol, names_of(row["cqa"]), row["unit"], *(cells[name] for name in names))
        before = row["protocol"]
    groups = "groups: past transfers, or products under the other protocols\n" if wide else ""
    table.caption = (
        "by the model that answers, which each fold chooses without its test batches\n"
        f"noise floor: error that no model can go below; {_sources(pooled, names_of)}\n"
        "skill: 1 − MSE / MSE of the carry-over mean, above 0 is better; covered, width: of the 90 % interval\n"
        f"{groups}"
        "95 % of covered: what the hidden batches show of it; batches of one past transfer, or of one product, are alike\n"
        "* only an estimate: too few products in some fold for a coverage of 90 %"
    )
    table.caption_justify = "left"
    return table


def _floor(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _sources(pooled: pl.DataFrame, names_of: Names) -> str:
    """Say where the noise floor of each attribute comes from, and how sure it is."""
    if "noise_floor_source" not in pooled.columns:  # a run of before there were noise floors
        return "not computed in this run"
    known = pooled.filter(pl.col("noise_floor_source").is_not_null(), pl.col("noise_floor") > 0)
    ends = ((pl.col(f"noise_floor_{end}") / pl.col("noise_floor")).first().alias(end) for end in ("low", "high"))
    of = known.group_by("cqa").agg(pl.col("noise_floor_source").first(), *ends).sort("cqa")
    lines = [f"{names_of(cqa)}: {source}{_times(low, high)}" for cqa, source, low, high in of.iter_rows()]
    return "; ".join(lines) or "–: neither replicates nor a stated repeatability"


def _times(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" (90 % interval {low:.2g} to {high:.2g} times)"


def _reenacted(past: pl.DataFrame, scale: Unit, names: Names, *, wide: bool) -> list[Table]:
    """Return a table of past transfers, one line per transfer and attribute. No batch of the new scale or place was known."""
    if past.is_empty():
        return []
    asked = past.filter(pl.col("given") == 0)
    table = Table(box=None, padding=(0, 1), header_style="bold", title_justify="left", pad_edge=False)
    changes = [_change(row) for row in asked.iter_rows(named=True)]
    one, number = transfers_in_words(changes, 1), asked["scale_up"].n_unique()
    last = f"Your last {number} {transfers_in_words(changes, number)}, had you asked"
    table.title = f"{last}\n{REENACTED.format(one)}"
    for name in ("of", "attribute", "unit", *(("answered by",) if wide else ())):
        table.add_column(name, overflow="fold")
    for name in ("batches", *(("carry-over",) if wide else ()), "forecast", "90 % interval", "outcome", "inside"):
        table.add_column(name, justify="right", no_wrap=True)
    before = None
    for row in asked.iter_rows(named=True):
        at = f" at {size(scale.from_si(row['scale']))} {scale.label}" if _change(row) in ("scale", "devices") else ""
        name = "" if row["scale_up"] == before else f"{row['lineage']}{at}{in_place(_change(row), row.get('place'))}"
        carried = (f"{row['carry_over']:.3g}",) if wide else ()
        by = (row["answered_by"].replace("_", " "),) if wide else ()
        interval = f"{row['lower']:.3g} – {row['upper']:.3g}"
        forecast_cells = (
            f"{row['predicted']:.3g}",
            interval,
            f"{row['observed']:.3g}",
            f"{row['covered']}/{row['batches']}",
        )
        table.add_row(name, names(row["cqa"]), row["unit"], *by, str(row["batches"]), *carried, *forecast_cells)
        before = row["scale_up"]
    return [table]


def _change(row: Mapping[str, Any]) -> Change:
    """Return what a past transfer changed; row: one of the table of past transfers."""
    return change_of(row.get("step"), row.get("place"))


def _choices(choices: dict[str, list[str]], unanswered: dict[str, str], names: Names) -> Text:
    """Return the chosen model of each attribute, and whether it is only a baseline; then the attributes without a model."""
    lines = [f"{names(cqa)}: {_choice_in_words(kind, kinds)}" for cqa, (kind, kinds) in choices.items()]
    lines += [f"{names(cqa)}: none, since {reason}" for cqa, reason in unanswered.items()]
    head = "Model chosen for each attribute (by forecasts of hidden batches of these kinds of question):"
    return Text("\n".join(["", head, *(f"  {line}" for line in lines)]))


def _choice_in_words(kind: str, kinds: str) -> str:
    """kinds: kinds of question whose hidden batches decided."""
    if kinds == NOT_DECIDED:
        return f"{kind}, since too few batches could be hidden to compare models"
    return f"{_model_in_words(kind)} (by {kinds.replace(' and ', ', ').replace('_', ' ')})"


def _model_in_words(kind: str) -> str:
    carried = {"global_mean", "carry_over", "additive_table"}
    return f"{kind}, a baseline" if kind in carried else kind


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:+.2f} to {high:+.2f}"


def _percent(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.0f} to {100 * high:.0f} %"


def _next(places: Places) -> Text:
    return Text(
        f"\nNext: {places.quality_report} (data quality), {places.plots} and {places.explanations} (pictures), "
        f"scalebridge ui (MLflow on all runs),\n      scalebridge predict <proposal>.yaml (another proposal)"
    )
