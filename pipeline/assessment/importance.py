"""Importance of features by SHAP values, pooled over products and within the product. No other file imports shap.

Pooled importance shows what distinguishes products. Importance within the product shows what changes one product, which is
the question of a scale-up. The two often differ, so both are shown.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import polars as pl

from pipeline.domain.units import Unit
from pipeline.models.registry import FittedModel

TOP = 12
"""Number of features in a picture."""


def importance(model: FittedModel, rows: pl.DataFrame, unit: Unit) -> pl.DataFrame:
    """Return the mean absolute contribution of each feature to the predictions of rows, in the CQA's unit.

    Columns: feature, pooled (mean |SHAP|), within (mean |SHAP − mean SHAP of the product|), direction_pooled and
    direction_within (correlation between feature and contribution, which shows the sign of the effect and how linear it is).
    The feature with the largest `within` comes first. A model without features has no row.
    """
    _, shares = model.contributions(rows)
    lines = [
        {
            "feature": name,
            "pooled": float(shares[name].abs().mean() or 0.0) / unit.factor,  # type: ignore[arg-type]
            "within": float((shares[name] - _product_mean(shares[name], rows)).abs().mean() or 0.0) / unit.factor,  # type: ignore[arg-type]
            "direction_pooled": _direction(rows, name, shares[name], within=False),
            "direction_within": _direction(rows, name, shares[name], within=True),
        }
        for name in shares.columns
    ]
    schema = {"feature": pl.String} | dict.fromkeys(("pooled", "within", "direction_pooled", "direction_within"), pl.Float64)
    return pl.DataFrame(lines, schema=schema).sort("within", "pooled", "feature", descending=[True, True, False])


def importance_of_all(models: Mapping[str, FittedModel], rows: pl.DataFrame, units: Mapping[str, Unit]) -> pl.DataFrame:
    """Importance of the features of every CQA's model: cqa, unit, then the columns of `importance`."""
    return pl.concat(
        importance(model, rows, units[cqa]).select(
            pl.lit(cqa).alias("cqa"), pl.lit(units[cqa].label).alias("unit"), pl.all()
        )
        for cqa, model in models.items()
    )


def draw_explanations(
    models: Mapping[str, FittedModel],
    rows: pl.DataFrame,
    table: pl.DataFrame,
    units: Mapping[str, Unit],
    labels: Mapping[str, str],
    folder: Path,
) -> None:
    """Draw both pictures of every CQA; table: what `importance_of_all` gives."""
    for cqa, model in models.items():
        own = table.filter(pl.col("cqa") == cqa).drop("cqa", "unit")
        importance_figure(own, cqa, units[cqa], labels, folder / f"{cqa}_importance.png")
        spread_figure(model, rows, cqa, units[cqa], labels, folder / f"{cqa}_shap.png")


def _product_mean(values: pl.Series, rows: pl.DataFrame) -> pl.Series:
    """Return for each row the mean of the values over the rows of its product."""
    return pl.select(value=values, product=rows["product"]).select(pl.col("value").mean().over("product")).to_series()


def _direction(rows: pl.DataFrame, feature: str, share: pl.Series, *, within: bool) -> float | None:
    """Return the correlation between a numeric feature and its contribution; None for a text feature and for a constant."""
    if not rows.schema[feature].is_numeric():
        return None
    frame = pl.select(x=rows[feature].cast(pl.Float64), y=share, product=rows["product"]).drop_nulls("x")
    if within:
        frame = frame.with_columns(pl.col("x", "y") - pl.col("x", "y").mean().over("product"))
    known = frame.select(pl.corr("x", "y")).item() if frame.height > 1 else None
    return None if known is None or not np.isfinite(known) else float(known)


def importance_figure(table: pl.DataFrame, cqa: str, unit: Unit, labels: Mapping[str, str], path: Path) -> None:
    """Draw pooled and within-product importance side by side."""
    matplotlib.use("Agg")
    matplotlib.rcParams["text.parse_math"] = False  # a name may hold a dollar sign
    import matplotlib.pyplot as plt

    top = table.head(TOP).reverse()
    figure, axes = plt.subplots(figsize=(8, 0.42 * max(top.height, 3) + 1.6), layout="constrained")
    place = np.arange(top.height)
    axes.barh(place + 0.2, top["within"].to_numpy(), 0.38, color="#0072B2", label="within the product")
    axes.barh(
        place - 0.2, top["pooled"].to_numpy(), 0.38, color="white", edgecolor="#555555", hatch="///", label="all products"
    )
    axes.set_yticks(place, [labels.get(name, name) for name in top["feature"]])
    axes.set_xlabel(f"mean share of the prediction, |SHAP| [{unit.label or '1'}]")
    axes.set_title(f"What moves {cqa}", loc="left")
    axes.legend(frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    if top.is_empty():
        axes.text(0.5, 0.5, "this model uses no features", transform=axes.transAxes, ha="center")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def spread_figure(
    model: FittedModel, rows: pl.DataFrame, cqa: str, unit: Unit, labels: Mapping[str, str], path: Path
) -> None:
    """Draw the contribution of the main features for each batch, coloured by the value of the feature (beeswarm plot of shap)."""
    matplotlib.use("Agg")
    matplotlib.rcParams["text.parse_math"] = False  # a name may hold a dollar sign
    import matplotlib.pyplot as plt

    explanation = _shap(model, rows, unit, labels)
    if explanation is None:
        return
    import shap

    figure = plt.figure(figsize=(8, 5.5))
    np.random.seed(0)  # shap scatters its points with the global generator; a fixed seed gives the same picture again
    with warnings.catch_warnings():  # numpy warns of text features, which are columns of NaN
        warnings.simplefilter("ignore", RuntimeWarning)
        shap.plots.beeswarm(
            explanation,
            max_display=TOP,
            show=False,
            plot_size=None,
            color=plt.get_cmap("cividis"),
            s=9,
        )
    plt.gca().set_title(f"{cqa}: share of each batch", loc="left")
    plt.gca().set_xlabel(f"share of the prediction, SHAP [{unit.label or '1'}]")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _shap(model: FittedModel, rows: pl.DataFrame, unit: Unit, labels: Mapping[str, str]) -> Any:
    """Return the contributions as shap's own object, or None where there are none. Text features become NaN, drawn grey."""
    base, shares = model.contributions(rows)
    if not shares.width:
        return None
    import shap

    texts = [n for n in shares.columns if not rows.schema[n].is_numeric()]
    data = rows.with_columns(pl.lit(None, pl.Float64).alias(n) for n in texts).select(
        pl.col(n).cast(pl.Float64) for n in shares.columns
    )
    return shap.Explanation(
        values=shares.to_numpy() / unit.factor,
        base_values=base / unit.factor,
        data=data.to_numpy(),
        feature_names=[labels.get(name, name) for name in shares.columns],
    )
