"""What drives each quality attribute: SHAP tables and pictures, pooled and within the product."""

from pathlib import Path

import polars as pl

from pipeline.assessment.importance import importance, importance_figure, spread_figure
from pipeline.assessment.importance_stability import REFITS, drawn_products, stability
from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from pipeline.features.catalogue import CatalogueEntry, catalogue
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.models.registry import ModelConfig, fit_again, ladder
from pipeline.stages.run import run, write


def explain(config: Path, features: Path, history: Path, model: Path, explanations: Path) -> None:
    """Explain the final model of every target on all batches, and refit it to see which explanations last."""
    process, rows = load(config, "process", Process), pl.read_parquet(features)
    chosen, seed = load(config, "model", ModelConfig), load(config, "seed", int)
    candidates: dict[str, ModelConfig] = {one.kind: one for one in ladder(chosen)}
    results = pl.read_parquet(history / "results.parquet")
    labels = {entry.feature: _label(entry) for entry in catalogue(process)}
    tables, lasting = [], []
    for target, final in TrainedModel.load(model).finals.items():
        own = process.attributes[target].si
        table = importance(final.model, rows, own)
        importance_figure(table, target, own, labels, explanations / f"{target}_importance.png")
        spread_figure(final.model, rows, target, own, labels, explanations / f"{target}_shap.png")
        tables.append(table.select(pl.lit(target).alias("cqa"), pl.lit(own.label).alias("unit"), pl.all()))
        observed = results.filter(pl.col("attribute") == target).select("batch_id", "censoring", observed="value")
        known = rows.join(observed, on="batch_id", how="inner").sort("batch_id")
        refits = [
            fit_again(final.model, candidates[final.model.kind], drawn, drawn["observed"].to_numpy(), final.task, seed + nth)
            for nth, drawn in enumerate(drawn_products(known, REFITS, seed), 1)
        ]
        lasting.append(stability(final.model, refits, rows, own).select(pl.lit(target).alias("cqa"), pl.all()))
    write(pl.concat(tables), explanations / "importance.parquet")
    write(pl.concat(lasting), explanations / "stability.parquet")


def _label(entry: CatalogueEntry) -> str:
    """A feature with its unit, where it has one."""
    return (
        entry.feature
        if unit(entry.unit).dimension == "dimensionless" and entry.unit != "%"
        else f"{entry.feature} [{entry.unit}]"
    )


if __name__ == "__main__":
    run(explain)
