"""What drives each quality attribute: SHAP tables and pictures, pooled and within the product."""

from pathlib import Path

import polars as pl

from pipeline.domain.plain import load
from pipeline.domain.process import Process
from pipeline.explanations import importance, importance_figure, spread_figure
from pipeline.features import catalogue
from pipeline.serving import Served
from pipeline.stages.run import run, write


def explain(config: Path, features: Path, model: Path, explanations: Path) -> None:
    """Explain the final model of every target on all batches."""
    process, rows = load(config, "process", Process), pl.read_parquet(features)
    labels = {entry.feature: entry.feature + (f" [{entry.unit}]" if entry.unit else "") for entry in catalogue(process)}
    tables = []
    for target, final in Served.load(model).finals.items():
        unit = process.attributes[target].si
        table = importance(final.model, rows, unit)
        importance_figure(table, target, unit, labels, explanations / f"{target}_importance.png")
        spread_figure(final.model, rows, target, unit, labels, explanations / f"{target}_shap.png")
        tables.append(table.select(pl.lit(target).alias("cqa"), pl.lit(unit.label).alias("unit"), pl.all()))
    write(pl.concat(tables), explanations / "importance.parquet")


if __name__ == "__main__":
    run(explain)
