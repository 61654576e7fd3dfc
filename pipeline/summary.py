"""What the last run found, as a table in the terminal."""

import json
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.plain import read_yaml
from pipeline.proposals.show import show

BASELINES = ("global_mean", "carry_over")


def show_summary(data: Path, console: Console) -> None:
    """Print scores, answers and where to look next.

    Raises ScalebridgeError where the pipeline has not run.
    """
    scores = data / "scores.parquet"
    if not scores.is_file():
        raise ScalebridgeError(f"{scores} does not exist; run `dvc repro` first")
    pooled = pl.read_parquet(scores).filter(pl.col("product") == "all")
    console.print(_scores(pooled, read_yaml(data / "config.yaml")["model"]["kind"]))
    for path in sorted((data / "answers").glob("*/result.json")):
        show(json.loads(path.read_text(encoding="utf-8")), console)
    console.print(_next(data))


def _scores(pooled: pl.DataFrame, model: str) -> Table:
    """One line per CQA and protocol: errors beside those of the baselines, skill, and what the 90 % interval kept."""
    table = Table(
        box=None,
        padding=(0, 1),
        header_style="bold",
        title=f"Batches that the model had not seen ({model})",
        title_justify="left",
    )
    for name, side in (("protocol", "left"), ("quality attribute", "left"), ("unit", "left"), ("batches", "right")):
        table.add_column(name, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for name in ("RMSE", "carry-over", "global mean", "skill", "95 % of skill", "covered", "width"):
        table.add_column(name, justify="right", no_wrap=True)
    own = pooled.filter(pl.col("model") == model).sort("protocol", "cqa")
    before = ""
    for row in own.iter_rows(named=True):
        same = pooled.filter((pl.col("protocol") == row["protocol"]) & (pl.col("cqa") == row["cqa"]))
        others = {name: same.filter(pl.col("model") == name)["rmse"] for name in BASELINES}
        table.add_row(
            "" if row["protocol"] == before else row["protocol"].replace("_", " "),
            row["cqa"],
            row["unit"],
            str(row["n"]),
            f"{row['rmse']:.3g}",
            *(f"{others[name][0]:.3g}" if len(others[name]) else "" for name in ("carry_over", "global_mean")),
            _signed(row["skill_carry_over"]),
            _range(row["skill_carry_over_low"], row["skill_carry_over_high"]),
            f"{100 * row['coverage_90']:.0f} %",
            f"{row['width_90']:.3g}",
        )
        before = row["protocol"]
    table.caption = "skill: 1 − MSE / MSE of the carry-over mean, above 0 is better; covered, width: the 90 % interval"
    table.caption_justify = "left"
    return table


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:+.2f} to {high:+.2f}"


def _next(data: Path) -> Text:
    return Text(
        f"\nNext: {data}/quality.html (data quality), {data}/plots and {data}/explanations (pictures), "
        "make ui (MLflow on all runs),\n      scalebridge predict data/proposals/<name>.yaml (another proposal)"
    )
