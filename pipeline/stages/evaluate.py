"""Forecasts to scores, metrics and pictures."""

import json
from pathlib import Path

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.assessment.acceptance_ledger import AcceptanceConfig, entry_for, with_entry
from pipeline.assessment.model_choice import choose
from pipeline.assessment.past_scale_ups import reenactments
from pipeline.assessment.score_plots import coverage_figure, predicted_against_observed, skill_figure
from pipeline.assessment.scores import metrics as nested
from pipeline.assessment.scores import score
from pipeline.domain.config_files import as_json, load, read_json
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.process.process import Process
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig, ladder
from pipeline.stages.run import run, write, write_text


def evaluate(
    config: Path,
    forecasts: Path,
    scores: Path,
    past: Path,
    plots: Path,
    metrics: Path,
    acceptance: Path,
    ledger: Path,
) -> None:
    """Fix the acceptance limits, then score every model under every protocol, sum up past scale-ups, and draw the chosen one."""
    _fix(load(config, "decision", DecisionConfig).acceptance, forecasts, acceptance, ledger)
    process, interval = load(config, "process", Process), load(config, "interval", IntervalConfig)
    model = load(config, "model", ModelConfig).kind
    predictions = pl.read_parquet(forecasts)
    units = {target: process.attributes[target].si for target in process.targets}
    table = score(predictions, units, interval.levels, load(config, "seed", int))
    write(table, scores)
    write_text(json.dumps(nested(table, model), indent=2) + "\n", metrics)
    candidates = [one.kind for one in ladder(load(config, "model", ModelConfig))]
    choices = {target: choose(predictions, target, candidates)[0] for target in process.targets}
    write(reenactments(predictions, choices, units), past)
    own = table.filter(pl.col("model") == model)
    skill_figure(own, plots / "skill.png")
    coverage_figure(own, interval.levels, plots / "coverage.png")
    scale = process.attributes[process.scale.attribute].si
    for target, unit in units.items():
        part = predictions.filter((pl.col("model") == model) & (pl.col("cqa") == target))
        if not part.is_empty():
            predicted_against_observed(part, target, unit, scale, plots / f"{target}.png")


def _fix(limits: AcceptanceConfig, forecasts: Path, acceptance: Path, ledger: Path) -> None:
    """Write down under which limits these forecasts are scored, before they are; of a second time the first limits stay."""
    before = read_json(ledger) if ledger.is_file() else []
    entry = entry_for(hash_of_file(forecasts), limits, before)
    write_text(as_json(with_entry(before, entry)), ledger)
    write_text(as_json(entry), acceptance)


if __name__ == "__main__":
    run(evaluate)
