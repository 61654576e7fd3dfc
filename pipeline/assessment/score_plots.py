"""Pictures of the scores: predicted against observed, skill, and coverage."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl

from pipeline.domain.display import size
from pipeline.domain.units import Unit
from pipeline.forecasting.intervals import MAIN_LEVEL, bounds

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe, Ito (2008): colours that colour-blind readers can distinguish. The markers differ too, for print."""
MARKERS = "osD^vPX"


def draw_scores(
    scores: pl.DataFrame,
    predictions: pl.DataFrame,
    units: Mapping[str, Unit],
    scale: Unit,
    levels: tuple[float, ...],
    folder: Path,
    sizes: str = "batch size",
) -> None:
    """Draw skill.png, coverage.png and one picture per CQA that has forecasts. Both tables hold the model that answers alone.

    sizes: what the scale is called; empty where the process states none. Batches are then not marked by it.
    Nothing is drawn where no batch was hidden, and the folder is made empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if scores.is_empty():
        return
    skill_figure(scores, folder / "skill.png")
    coverage_figure(scores, levels, folder / "coverage.png")
    for cqa, unit in units.items():
        own = predictions.filter(pl.col("cqa") == cqa)
        if not own.is_empty():
            predicted_against_observed(own, cqa, unit, scale, folder / f"{cqa}.png", sizes)


def predicted_against_observed(
    predictions: pl.DataFrame, cqa: str, unit: Unit, scale: Unit, path: Path, sizes: str = "batch size"
) -> None:
    """Draw one panel per protocol: each hidden batch with its 90 % interval, marked by its scale where `sizes` names it."""
    plt = pyplot()
    protocols = predictions["protocol"].unique().sort().to_list()
    figure, panels = plt.subplots(
        1, len(protocols), figsize=(4.4 * len(protocols), 4.6), squeeze=False, layout="constrained"
    )
    levels = predictions["scale_level"].unique().sort().to_list()
    for axes, protocol in zip(panels[0], protocols, strict=True):
        own = predictions.filter(pl.col("protocol") == protocol)
        _panel(axes, own, levels, unit, scale)
        axes.set_title(protocol.replace("_", " "), loc="left")
        axes.set_xlabel(f"observed {cqa} [{unit.label or '1'}]")
    panels[0][0].set_ylabel(f"predicted {cqa} [{unit.label or '1'}]\nby the model that answers")
    handles, labels = panels[0][0].get_legend_handles_labels()
    if sizes:
        figure.legend(handles, labels, title=sizes, loc="outside lower center", ncols=min(len(levels), 7), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(figure)


def _panel(axes: object, own: pl.DataFrame, levels: list[float], unit: Unit, scale: Unit) -> None:
    """Draw the batches of one protocol; own: its predictions, levels: the scale levels of all protocols."""
    low, high = bounds(MAIN_LEVEL)
    values = own.select((pl.col(c) - unit.offset) / unit.factor for c in ("observed", "predicted", low, high))
    for i, level in enumerate(levels):
        here = (own["scale_level"] == level).to_numpy()
        part = values.filter(pl.Series(here))
        label = f"{size(scale.from_si(level))} {scale.label}"
        style = {"color": COLOURS[i % len(COLOURS)], "marker": MARKERS[i % len(MARKERS)], "label": label}
        axes.scatter(part["observed"], part["predicted"], s=16, linewidths=0, alpha=0.75, zorder=3, **style)  # type: ignore[attr-defined]
        axes.vlines(part["observed"], part[low], part[high], color=style["color"], alpha=0.12, linewidth=0.8)  # type: ignore[attr-defined]
    ends = [float(values.select(pl.min_horizontal("observed", "predicted").min()).item())]
    ends.append(float(values.select(pl.max_horizontal("observed", "predicted").max()).item()))
    axes.plot(ends, ends, color="#555555", linewidth=1, linestyle="--")  # type: ignore[attr-defined]
    axes.spines[["top", "right"]].set_visible(False)  # type: ignore[attr-defined]


def skill_figure(scores: pl.DataFrame, path: Path) -> None:
    """Draw the skill against the carry-over mean for each CQA and protocol, with its bootstrap interval over products."""
    plt = pyplot()
    pooled = scores.filter(pl.col("product") == "all")
    cqas, protocols = pooled["cqa"].unique().sort(descending=True).to_list(), pooled["protocol"].unique().sort().to_list()
    figure, axes = plt.subplots(figsize=(8, 0.5 * len(cqas) + 1.8), layout="constrained")
    apart = min(0.22, 0.88 / len(protocols))
    for i, protocol in enumerate(protocols):
        own = pooled.filter(pl.col("protocol") == protocol).sort("cqa", descending=True)
        place = np.array([cqas.index(c) for c in own["cqa"]]) + apart * (i - (len(protocols) - 1) / 2)
        centre = own["skill_carry_over"].to_numpy()
        low, high = (own[f"skill_carry_over_{side}"].cast(pl.Float64).to_numpy() for side in ("low", "high"))
        colour, marker = COLOURS[i % len(COLOURS)], MARKERS[(i + i // len(COLOURS)) % len(MARKERS)]
        style = {"color": colour, "marker": marker, "label": protocol.replace("_", " ")}
        axes.hlines(place, np.clip(low, -1.5, 1), np.clip(high, -1.5, 1), color=colour, linewidth=1.5)
        axes.scatter(np.clip(centre, -1.5, 1), place, zorder=3, **style)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(range(len(cqas)), cqas)
    axes.set_xlim(-1.55, 1.05)
    axes.set_xlabel(
        "skill of the model that answers, 1 − MSE / MSE of the carry-over mean (95 % over products; cut at −1.5)"
    )
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.12), ncols=3)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(figure)


def coverage_figure(scores: pl.DataFrame, levels: tuple[float, ...], path: Path) -> None:
    """Draw the share of hidden batches that the intervals of each level covered: a panel per protocol, a line per CQA."""
    plt = pyplot()
    pooled = scores.filter(pl.col("product") == "all")
    protocols = pooled["protocol"].unique().sort().to_list()
    figure, panels = plt.subplots(
        1, len(protocols), figsize=(4 * len(protocols), 4.2), sharey=True, squeeze=False, layout="constrained"
    )
    for axes, protocol in zip(panels[0], protocols, strict=True):
        own = pooled.filter(pl.col("protocol") == protocol)
        for i, row in enumerate(own.iter_rows(named=True)):
            values = [row[f"coverage_{level * 100:g}"] for level in levels]
            axes.plot(levels, values, color=COLOURS[i % 7], marker=MARKERS[i % 7], label=row["cqa"], linewidth=1)
        axes.plot([0.75, 1], [0.75, 1], color="#555555", linestyle="--", linewidth=1)
        axes.set(xlabel="level promised", xticks=levels, title=protocol.replace("_", " "))
        axes.spines[["top", "right"]].set_visible(False)
    panels[0][0].set_ylabel("share of batches covered by the model that answers")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(figure)


def pyplot() -> "matplotlib.pyplot":
    """Return pyplot for pictures that go to files."""
    matplotlib.use("Agg")
    matplotlib.rcParams["text.parse_math"] = False  # a name may hold a dollar sign
    import matplotlib.pyplot as plt

    return plt
