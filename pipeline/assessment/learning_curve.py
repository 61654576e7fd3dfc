"""Learning curve of a new product: error with and without the other products, over its number of own batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.extrapolation.availability import FIRST, LAST, dated
from pipeline.extrapolation.reenactment import as_asked
from pipeline.models.registry import GlobalMean, Hierarchical, ModelConfig, Task, fit

OWN = (0, 1, 2, 4, 8)
"""Numbers of own batches."""
LATEST = 4
"""Number of products that are taken as new, the latest ones."""
LEAST_PREDICTED = 2
"""Number of predicted batches from which a product has a learning curve."""
POOLING_MODEL = Hierarchical(rows=200, iterations=10)
"""The model that pools between products."""


def transfer(rows: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Return the learning curves of the latest products: cqa, product, own, batches, with_others, without.

    rows: feature rows with `observed`, and `available_at` if known; own: number of own batches that the models are fitted to, those
    whose results were known first (a result without a date is not known, if the product has others with one); batches: number of
    predicted batches, which are the same for all `own`. They started after the largest number of own results was known, and the
    results of other products were known by then as well. Without dates, batches count in the order of their names, and all results
    of other products count. with_others, without: root mean square error of a model that is fitted with and without the other
    products, divided by the standard deviation of all results. `without` is null
    where `own` is 0, `with_others` where fewer than two batches of other products have a known result.
    """
    lines = [_one(question, task, own) for question in _latest(rows) for own in OWN]
    schema = {"cqa": pl.String, "product": pl.String, "own": pl.Int64, "batches": pl.Int64}
    return pl.DataFrame(lines, schema=schema | {"with_others": pl.Float64, "without": pl.Float64}, orient="row")


@dataclass(frozen=True)
class _Question:
    """What is known of a product that is taken as new, and the batches that are predicted."""

    product: str
    own: pl.DataFrame
    """Its first `max(OWN)` results, in the order in which they were known."""
    others: pl.DataFrame
    """Results of other products that were known as well."""
    test: pl.DataFrame
    unit: float
    """Standard deviation of all results."""


def _latest(rows: pl.DataFrame) -> list[_Question]:
    """Return the questions about the products that started last and have enough batches."""
    ordered = dated(rows).sort(LAST, "started_at", "batch_id", nulls_last=True)
    first = rows.group_by("product").agg(pl.col("started_at").min()).sort("started_at", "product", nulls_last=False)
    asked = [_question(ordered, product) for product in first["product"]]
    return [question for question in asked if question.test.height >= LEAST_PREDICTED][-LATEST:]


def _question(rows: pl.DataFrame, product: str) -> _Question:
    """Return the question that is asked as soon as `max(OWN)` results of a product are known."""
    everything, others = rows.filter(pl.col("product") == product), rows.filter(pl.col("product") != product)
    known = everything if everything[LAST].null_count() == everything.height else everything.drop_nulls(LAST)
    own, test = known.head(max(OWN)), everything.slice(max(OWN))
    as_of: datetime | None = own[LAST].max()  # type: ignore[assignment]
    if as_of is not None:
        others, test = others.filter(pl.col(FIRST) <= as_of), everything.filter(pl.col("started_at") > as_of)
    if own.height < max(OWN):
        test = test.clear()
    return _Question(product, own, others, as_asked(test), float(rows["observed"].std() or 1.0))  # type: ignore[arg-type]


def _one(asked: _Question, task: Task, own: int) -> tuple[str, str, int, int, float | None, float | None]:
    """Return one row of the learning curve."""
    train, test, others = asked.own.head(own), asked.test, asked.others
    with_others = _error(POOLING_MODEL, pl.concat([others, train]), test, task) / asked.unit if others.height > 1 else None
    without = _error(POOLING_MODEL if own > 2 else GlobalMean(), train, test, task) / asked.unit if own else None
    return task.target, asked.product, own, test.height, with_others, without


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
