"""Learning curve of a new product: error with and without the other products, over its number of own batches."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import GlobalMean, Hierarchical, ModelConfig, Task, fit

OWN = (0, 1, 2, 4, 8)
"""Numbers of own batches."""
LATEST = 4
"""Number of products that are taken as new, the latest ones."""
POOLING_MODEL = Hierarchical(rows=200, iterations=10)
"""The model that pools between products."""


def transfer(rows: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Return the learning curves of the latest products: cqa, product, own, batches, with_others, without.

    rows: feature rows with `observed`; own: number of own batches that the models are fitted to; batches: number of
    predicted batches, which are the same for all `own`. with_others, without: root mean square error of a model that is
    fitted with and without the other products, divided by the standard deviation of all results. `without` is null where
    `own` is 0, `with_others` where fewer than two batches of other products have a result.
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
    """Return the products that started last and have enough batches."""
    first = rows.group_by("product").agg(pl.col("started_at").min(), pl.len()).filter(pl.col("len") > max(OWN) + 1)
    return first.sort("started_at", "product", nulls_last=False)["product"].to_list()[-LATEST:]


def _one(rows: pl.DataFrame, task: Task, product: str, own: int) -> tuple[str, str, int, int, float | None, float | None]:
    """Return one row of the learning curve."""
    ordered = rows.filter(pl.col("product") == product).sort("started_at", "batch_id")
    train, test = ordered.head(own), ordered.slice(max(OWN))
    others = rows.filter(pl.col("product") != product)
    unit = float(rows["observed"].std() or 1.0)  # type: ignore[arg-type]
    with_others = _error(POOLING_MODEL, pl.concat([others, train]), test, task) / unit if others.height > 1 else None
    without = _error(POOLING_MODEL if own > 2 else GlobalMean(), train, test, task) / unit if own else None
    return task.target, product, own, test.height, with_others, without


def _error(model: ModelConfig, train: pl.DataFrame, test: pl.DataFrame, task: Task) -> float:
    """Return the root mean square error of a model on test rows."""
    predicted = task.clipped(fit(model, train, train["observed"].to_numpy(), task, 0).predict(test))
    return float(np.sqrt(np.mean((predicted - test["observed"].to_numpy()) ** 2)))


def transfer_figure(table: pl.DataFrame, path: Path) -> None:
    """Draw the error over the number of own batches: the mean of all CQAs and products, and each CQA as a thin line."""
    matplotlib.use("Agg")
    matplotlib.rcParams["text.parse_math"] = False  # a name may hold a dollar sign
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
    """Return the numbers of own batches, and the mean of a column for each."""
    means = table.drop_nulls(name).group_by("own").agg(pl.col(name).mean()).sort("own")
    return means["own"].to_numpy(), means[name].to_numpy()


def sentences(table: pl.DataFrame) -> Sequence[str]:
    """Return a sentence per number of own batches with both errors and their ratio. A ratio above 1 is negative transfer."""
    both = table.drop_nulls(["with_others", "without"])
    means = both.group_by("own").agg(pl.col("with_others", "without").mean()).sort("own")
    return [
        f"{own} own: error {with_others:.2f} with the other products, {without:.2f} without"
        + (f" ({with_others / without:.2f} ×)" if without > 0 else "")
        for own, with_others, without in means.iter_rows()
    ]
