"""Pictures of the scores of the monitor: the largest score of hidden batches, and how late logged deviations were found."""

from pathlib import Path

import numpy as np
import polars as pl

from pipeline.assessment.monitoring_scores import HIDDEN, LOGGED
from pipeline.assessment.score_plots import COLOURS, MARKERS, pyplot
from pipeline.domain.display import digits, in_words
from pipeline.extrapolation.kinds import KIND_COLUMN

STYLES = ("-", "--", ":", "-.")


def draw_monitoring(table: pl.DataFrame, folder: Path) -> None:
    """Draw false_alarms.png and delays.png. Nothing is drawn where no batch was hidden or logged; the folder is made empty."""
    folder.mkdir(parents=True, exist_ok=True)
    hidden = table.filter(pl.col("role") == HIDDEN)
    if not hidden.is_empty():
        _false_alarms(hidden, folder / "false_alarms.png")
    logged = table.filter((pl.col("role") == LOGGED) & pl.col("delay").is_not_null())
    if not logged.is_empty():
        _delays(logged, folder / "delays.png")


def _false_alarms(hidden: pl.DataFrame, path: Path) -> None:
    """Draw the share of hidden batches whose largest score is above each value, one line per kind of question."""
    plt = pyplot()
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for i, ((kind,), own) in enumerate(hidden.group_by(KIND_COLUMN, maintain_order=True)):
        largest = np.sort(own["largest"].to_numpy())[::-1]
        share = 100 * np.arange(1, len(largest) + 1) / len(largest)
        label = f"{in_words(str(kind))}: {len(largest)} batches"
        axes.step(np.maximum(largest, 1e-3), share, color=COLOURS[i], linestyle=STYLES[i % 4], label=label)
    axes.axvline(1, color="#555555", linewidth=1)
    axes.text(1.03, 60, "limit", color="#333333")
    axes.set_xscale("log")
    # The usual labels are formulas, which `pyplot` does not draw.
    axes.xaxis.set_major_formatter(lambda value, _: digits(value))
    axes.xaxis.set_minor_formatter(lambda value, _: "")
    axes.set_yscale("log")
    axes.set_yticks([1, 5, 10, 50, 100], ["1", "5", "10", "50", "100"])
    axes.set_xlabel("largest score of the whole batch, over its limit [1]")
    axes.set_ylabel("hidden batches with a larger score [%]")
    axes.legend(frameon=False)
    _save(plt, figure, axes, path)


def _delays(logged: pl.DataFrame, path: Path) -> None:
    """Draw the time from the logged beginning of each deviation to its alarm, one row per cause."""
    plt = pyplot()
    causes = logged["cause"].unique().sort(descending=True).to_list()
    figure, axes = plt.subplots(figsize=(7, 0.4 * len(causes) + 1.6), layout="constrained")
    for i, cause in enumerate(causes):
        delays = logged.filter(pl.col("cause") == cause)["delay"].to_numpy()
        axes.scatter(delays, np.full(len(delays), i), color=COLOURS[i % 7], marker=MARKERS[i % 7], s=18, alpha=0.7)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(range(len(causes)), causes)
    axes.set_xlabel("hours from the logged beginning of a deviation to its alarm [h]")
    _save(plt, figure, axes, path)


def _save(plt, figure, axes, path: Path) -> None:  # type: ignore[no-untyped-def]
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(figure)
