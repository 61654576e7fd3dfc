"""Do the other products help? Error with and without them, as a new product gains batches of its own."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import GlobalMean, Hierarchical, ModelConfig, Task, fit

OWN = (0, 1, 2, 4, 8)
LATEST = 4
"""So many of the products that came last are played through."""
LEARNER = Hierarchical(rows=200, iterations=10)
"""The member that pools between products; alone it shows what pooling does."""


def transfer(rows: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Play the latest products through: cqa, product, own (batches known), batches (predicted), with_others, without.

    `rows` are feature rows with `observed`. Both errors are root mean squares over the product's later batches, divided by
    the deviation of all results; `without` is null where there are no own batches to learn from.
    """
    lines = [
        _one(rows, task, product, own)
        for product in _latest(rows)
        for own in OWN
        if rows.filter(pl.col("product") == product).height > max(OWN) + 1
    ]
    schema = {"cqa": pl.String, "product": pl.String, "own": pl.Int64, "batches": pl.Int64}
    return pl.DataFrame(lines, schema=schema | {"with_others": pl.Float64, "without": pl.Float64}, orient="row")


def _latest(rows: pl.DataFrame) -> list[str]:
    first = rows.group_by("product").agg(pl.col("started_at").min(), pl.len()).filter(pl.col("len") > max(OWN) + 1)
    return first.sort("started_at", "product", nulls_last=False)["product"].to_list()[-LATEST:]


def _one(rows: pl.DataFrame, task: Task, product: str, own: int) -> tuple[str, str, int, int, float, float | None]:
    ordered = rows.filter(pl.col("product") == product).sort("started_at", "batch_id")
    known, asked = ordered.head(own), ordered.slice(max(OWN))
    others = rows.filter(pl.col("product") != product)
    unit = float(rows["observed"].std() or 1.0)  # type: ignore[arg-type]
    together = _error(LEARNER, pl.concat([others, known]), asked, task) / unit if others.height else np.nan
    alone = _error(LEARNER if own > 2 else GlobalMean(), known, asked, task) / unit if own else None
    return task.target, product, own, asked.height, together, alone


def _error(model: ModelConfig, train: pl.DataFrame, asked: pl.DataFrame, task: Task) -> float:
    predicted = task.clipped(fit(model, train, train["observed"].to_numpy(), task, 0).predict(asked))
    return float(np.sqrt(np.mean((predicted - asked["observed"].to_numpy()) ** 2)))


def transfer_figure(table: pl.DataFrame, path: Path) -> None:
    """Draw the error over the number of own batches, all CQAs and products averaged, with each CQA as a thin line."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.5, 4), layout="constrained")
    for name, colour, label in (
        ("with_others", "#0072B2", "with the other products"),
        ("without", "#D55E00", "without them"),
    ):
        for (_,), part in table.group_by("cqa", maintain_order=True):
            axes.plot(*_curve(part, name), color=colour, alpha=0.25, linewidth=1)
        axes.plot(*_curve(table, name), color=colour, marker="o", label=label)
    axes.set_xlabel("own batches of the new product")
    axes.set_ylabel("error / deviation of all results")
    axes.set_title("Do the other products help?", loc="left")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _curve(table: pl.DataFrame, name: str) -> tuple[FloatArray, FloatArray]:
    means = table.drop_nulls(name).group_by("own").agg(pl.col(name).mean()).sort("own")
    return means["own"].to_numpy(), means[name].to_numpy()


def sentences(table: pl.DataFrame) -> Sequence[str]:
    """Say per number of own batches what the other products are worth; a ratio above 1 is negative transfer."""
    means = table.drop_nulls("without").group_by("own").agg(pl.col("with_others", "without").mean()).sort("own")
    return [
        f"{own} own: error {together:.2f} with the other products, {alone:.2f} without ({together / alone:.2f} ×)"
        for own, together, alone in means.iter_rows()
    ]
