"""Errors on histories with spectra: Scalebridge against ridge and PLS, with the same rows and the same pre-treatment.

    python benchmarks/spectra.py [seed …] [--as-columns] [--jobs 2] [--write]

The histories are those of `spectral_histories.py`. Ridge (penalty by leave-one-out) and PLS (1 to 20 components by five inner
folds) are those of scikit-learn, on all standardised channels, the settings, the logarithm of the scale, and an indicator per
product. Scalebridge reads the spectra as they are, or after the pre-treatment that the process definition declares. With
`--as-columns` it also gets the channels as columns of numbers, as it read them before spectra were a kind of attribute. Everything
is fitted and chosen inside the training rows.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from competitors import mean
from fitting import fitted, matrices, target
from ours import OURS, scalebridge
from report import Report, Table, command, publish
from scoring import Question, ask, duration, timed
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from spectral_histories import REAL, SpectralBatches, as_columns, histories
from tablets_rows import Batches

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import Task

PENALTIES = np.logspace(-2, 6, 33)
MOST_COMPONENTS = 20
TARGET = "quality"
AS_COLUMNS = "channels as columns of numbers"


def main(given: argparse.Namespace) -> None:
    """Put all questions to all models, and show the tables."""
    found = []
    for seed in given.seeds:
        for history in histories(seed, real=seed == given.seeds[0]):
            for name, treatment, model in _models(given.as_columns):
                questions = _questions(history, treatment)
                answers, seconds = _ask(name, model, questions, given)
                print(f"{seed}, {history.name}, {name}: {len(questions)} fits in {duration(seconds)}", flush=True)
                found.append(answers.with_columns(pl.lit(history.name).alias("history"), pl.lit(seed).alias("seed")))
    publish(_report(pl.concat(found, how="diagonal"), given.seeds), given)


def _models(as_columns_too: bool = False) -> Iterator[tuple[str, str, Callable[..., object]]]:
    """Yield name, treatment of the spectra and model."""
    yield "training mean", "treated", mean
    for treatment, words in (("raw", "spectra as they are"), ("treated", "declared pre-treatment")):
        yield f"ridge, {words}", treatment, on_columns(ridge)
        yield f"PLS, {words}", treatment, on_columns(pls)
    if as_columns_too:
        yield f"{OURS}, {AS_COLUMNS}", "raw", on_columns(scalebridge())
    yield f"{OURS}, spectra as they are", "raw", scalebridge()
    yield f"{OURS}, declared pre-treatment", "treated", scalebridge()


def on_columns(model: Callable[..., object]) -> Callable[..., object]:
    """Return a model that gets each channel as a column."""

    def answer(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> object:
        flat, columns = as_columns(train, task)
        return model(flat, as_columns(test, task)[0], columns, seed)

    return answer


def ridge(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by ridge regression; penalty by leave-one-out (Golub, Heath, Wahba 1979)."""
    return fitted(RidgeCV(PENALTIES), *_standard(train, test, task), target(train))


def pls(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by partial least squares; the number of components by five random inner folds."""
    x, new = _standard(train, test, task)
    y, most = target(train), min(MOST_COMPONENTS, x.shape[1], int(0.7 * len(x)))
    losses = np.zeros(most)
    for learned, asked in KFold(5, shuffle=True, random_state=seed).split(x):
        losses += ((_paths(x[learned], y[learned], x[asked], most) - y[asked, None]) ** 2).sum(axis=0)
    return _paths(x, y, new, most)[:, int(losses.argmin())]


def _paths(x: FloatArray, y: FloatArray, new: FloatArray, most: int) -> FloatArray:
    """Return the predictions of PLS with 1, 2, … components, (rows, most), from one fit: later components change no earlier one."""
    model = PLSRegression(most, scale=False).fit(x, y)
    parts = ((new - x.mean(axis=0)) @ model.x_rotations_) * model.y_loadings_[0]
    return np.asarray(y.mean() + np.cumsum(parts, axis=1))


def _standard(train: pl.DataFrame, test: pl.DataFrame, task: Task) -> tuple[FloatArray, FloatArray]:
    """Return columns with mean 0 and deviation 1 in the training rows."""
    x, new = matrices(train, test, replace(task, categorical=("product",)))
    deviation = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    return (x - x.mean(axis=0)) / deviation, (new - x.mean(axis=0)) / deviation


def _questions(history: SpectralBatches, treatment: str) -> list[Question]:
    batches: Batches = getattr(history, treatment)
    rows = batches.observed(TARGET)
    return [
        Question(name, number, batches.tasks[TARGET], rows.filter(~hides), rows.filter(hides))
        for name, folds in history.hidden.items()
        for number, hidden in enumerate(folds)
        for hides in [pl.Series(rows["batch_id"].is_in(hidden.implode()))]
    ]


def _ask(
    name: str, model: Callable[..., object], questions: list[Question], given: argparse.Namespace
) -> tuple[pl.DataFrame, float]:
    """Return the answers of a model, those of Scalebridge with its 90 % interval, and the processor time [s]."""
    if not name.startswith(OURS):
        return ask(name, model, questions, 1, given.jobs)  # type: ignore[arg-type]
    parts, total = [], 0.0
    for question in questions:
        forecast, seconds = timed(model, question, 1)
        total += seconds
        assert isinstance(forecast, pl.DataFrame)
        own = forecast.select("batch_id", "predicted", "lower_90", "upper_90", "answered")
        parts.append(
            question.test.select("batch_id", "product", "observed", "censoring")
            .join(own, on="batch_id", how="left", maintain_order="left")
            .with_columns(
                pl.lit(question.protocol).alias("protocol"),
                pl.lit(question.fold).alias("fold"),
                pl.lit(TARGET).alias("cqa"),
                pl.lit(name).alias("model"),
            )
        )
    return pl.concat(parts), total


def _report(answers: pl.DataFrame, seeds: list[int]) -> Report:
    """Return the tables: errors relative to the best of ridge and PLS, errors themselves, coverage and answered batches."""
    key = ["seed", "history", "protocol"]
    error = (pl.col("predicted") - pl.col("observed")).pow(2).mean().sqrt() / pl.col("observed").std()
    errors = answers.group_by(*key, "model", maintain_order=True).agg(error.alias("error"))
    rivals = errors.filter(pl.col("model").is_in([f"{name}, declared pre-treatment" for name in ("ridge", "PLS")]))
    best = rivals.group_by(key, maintain_order=True).agg(pl.col("error").min().alias("best"))
    ratios = errors.join(best, on=key, maintain_order="left").with_columns(ratio=pl.col("error") / pl.col("best"))
    questions = best.select("history", "protocol").unique(maintain_order=True).rows()
    models = answers["model"].unique(maintain_order=True).to_list()
    head = ("model", *(f"{history}: {question}" for history, question in questions))
    made = ratios.filter(pl.col("history") != REAL)
    tables = [
        Table(
            "Error relative to the better of ridge and PLS with the declared pre-treatment (geometric mean over the seeds)",
            (*head, "made-up", "worst made-up"),
            [(model, *_row(ratios, model, GEOMETRIC.alias("value"), questions), *_summary(made, model)) for model in models],
            note=NOTE,
        ),
        Table(
            "Root mean square error, in standard deviations of the hidden results (mean over the seeds)",
            head,
            [(model, *_row(ratios, model, pl.col("error").mean().alias("value"), questions)) for model in models],
        ),
        *(
            Table(caption, head, [(model, *_row(answers, model, share.mean().alias("value"), questions)) for model in ours])
            for ours in [[name for name in models if name.startswith(OURS)]]
            for caption, share in (
                (
                    "Share of the hidden results inside the 90 % interval",
                    pl.col("observed").is_between("lower_90", "upper_90"),
                ),
                ("Share of the hidden batches that are answered", pl.col("answered")),
            )
        ),
    ]
    hidden = answers.filter(pl.col("model") == models[0])
    counted = {
        "batches": hidden.select(pl.struct("seed", "history", "batch_id").n_unique()).item(),
        "hidden results": hidden.height,
        "fits of each model": hidden.select(pl.struct("seed", "history", "protocol").n_unique()).item(),
    }
    return Report("spectra", tables, seeds, counted)


NOTE = (
    "The better of the two is taken for each seed and column, in hindsight. The last columns are the geometric mean and the "
    "largest value over all seeds and questions of the made-up histories."
)
GEOMETRIC = pl.col("ratio").log().mean().exp()


def _summary(made: pl.DataFrame, model: str) -> tuple[float, ...]:
    own = made.filter(pl.col("model") == model)
    return tuple(own.select(GEOMETRIC, pl.col("ratio").max().alias("worst")).row(0))


def _row(found: pl.DataFrame, model: str, value: pl.Expr, questions: list[tuple[str, str]]) -> list[float]:
    """Return a value of a model per question."""
    own = found.filter(pl.col("model") == model).group_by("history", "protocol").agg(value)
    values = {(history, question): one for history, question, one in own.iter_rows()}
    return [values[question] for question in questions]


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("seeds", nargs="*", type=int, default=[882, 883, 884], help="seeds of the made-up histories")
    parser.add_argument(
        "--as-columns", action="store_true", help="let Scalebridge read the channels as columns of numbers, too"
    )
    parser.add_argument("--jobs", type=int, default=1, help="number of processes")
    main(parser.parse_args())
