"""The three simulated trains, each through `dvc repro`: scores, an answer, time and memory.

    python benchmarks/trains.py [antibody_train tablet_train cell_therapy] [--size default] [--seed 11] [--write]

Each train runs in a clone of this repository, with all stages from nothing. The scores are out-of-fold, of the model that answers,
with the carry-over mean of the same folds as the reference. The time is given as a ratio to the time that reading and validating
its own raw files takes in the same run.

Another seed makes other trains: products, batches and scale-ups that decided nothing here. The proposals name vessels of the trains
of seed 11, so other trains are scored alone, and their table is not written.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from report import ROOT, Cell, Report, Table, command, publish

from pipeline.domain.display import chance
from pipeline.domain.scale import scale_levels
from pipeline.domain.units import unit

TRAINS = ("antibody_train", "tablet_train", "cell_therapy")
READING = ("ingest", "validate")
SEED = 11
"""Seed of the trains in conf/trains/, for which data/proposals/ holds a proposal each."""
TRUTH_COLUMNS = {"batch": "batch_id", "lot": "batch_id", "effect": "value", "contribution": "value"}
"""Column of the true contributions of a train → its name here."""
MATERIALS = {"donor": "selection"}
"""Material that the truth has as a step of its own → the step that consumes it."""
CLOSE = 0.05
"""Difference of two true shares below which either step counts as the largest."""
ENDINGS = {"cell_therapy": "-P"}
"""Train → ending of its batches of the last step, which the truth leaves out."""


def main(given: argparse.Namespace) -> None:
    """Run the trains, and show the tables."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: _run(name, given, Path(folder)) for name in given.trains}
    counted = {"batches": sum(int(one["quality"]["batches"]) for one in found.values())}
    tables = (_table_of_scores(found), *(_tables_of_answers(found) if given.seed == SEED else ()))
    publish(Report("trains", tables, (given.seed,), counted), given)


def _table_of_scores(found: Mapping[str, Mapping[str, Any]]) -> Table:
    return Table(
        "Scores of the model that answers, on hidden batches.",
        (
            "train",
            "attribute",
            "protocol",
            "batches",
            "groups",
            "RMSE / carry-over",
            "90 % interval covers",
            "95 % limits of it",
            "width / range",
        ),
        [row for name, one in found.items() for row in _scores(name, one)],
        note="Groups: past scale-ups, or products under the other protocols. The batches of a group are alike, so the limits of "
        "the coverage count groups. RMSE / carry-over: below 1 is better than the product's own mean at the largest scale where it "
        "ran. Width / range: mean width of the 90 % interval over the range of the results.",
    )


def _tables_of_answers(found: Mapping[str, Mapping[str, Any]]) -> tuple[Table, Table]:
    """Return the table of the answers, and that of the cost of a whole run."""
    return (
        Table(
            "The answer to one proposal of each train, and the step at which each attribute is decided.",
            ("train", "attribute", "predicted", "unit", "chance", "decided at", "verdict", "explained", "truth"),
            [row for name, one in found.items() for row in _answer(name, one)],
            note="The proposals are those of data/proposals/. Decided at: share and 90 % range of each step that may decide, then "
            "of further ones. Verdict: right, if one step is named and is that of the truth; open, if several are named and it is "
            "among them, or none is named; else wrong. Explained: share of the variance that the records explain. Truth: shares of "
            "the steps in the variance of the noise-free contributions, within product, scale, site and equipment, over all "
            "batches; steps with less than 10 % are left out. A control has no truth here.",
        ),
        Table(
            "Time and memory of one run from nothing.",
            (
                "train",
                "batches",
                "whole run / reading",
                "minutes",
                "largest stage, MB",
                "rows set aside",
                "balances reported",
            ),
            [_cost(name, one) for name, one in found.items()],
            note="Reading: the stages ingest and validate.",
        ),
    )


def _run(name: str, given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run one train in a clone. Return what its files say, and what the run cost."""
    clone = folder / name
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    params = clone / "params.yaml"
    chosen = yaml.safe_load(params.read_text(encoding="utf-8")) | {"process": name, "trains": given.size}
    params.write_text(yaml.safe_dump(chosen), encoding="utf-8")
    sizes = clone / f"conf/trains/{given.size}.yaml"
    seeded = {train: one | {"seed": given.seed} for train, one in yaml.safe_load(sizes.read_text(encoding="utf-8")).items()}
    sizes.write_text(yaml.safe_dump(seeded), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(clone), "MLFLOW_DISABLE_TELEMETRY": "true"}
    dvc = [sys.executable, "-P", "-m", "dvc", "repro", "--no-commit"]
    subprocess.run([*dvc, *READING], cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL)
    begin = time.perf_counter()
    subprocess.run(
        [*dvc, "--force", "--single-item", *READING], cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    reading = time.perf_counter() - begin
    begin = time.perf_counter()
    asked = given.seed == SEED
    until = () if asked else ("evaluate",)
    subprocess.run([*dvc, "--force", *until], cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL)
    whole = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    data = clone / "data"
    answers = list(data.glob(f"answers/{name}*/result.json")) if asked else []
    return {
        "reading": reading,
        "whole": whole,
        "memory": memory,
        "quality": json.loads((data / "quality.json").read_text(encoding="utf-8")),
        "scores": pl.read_parquet(data / "scores.parquet"),
        "results": pl.read_parquet(data / "history/results.parquet"),
        "truth": _truth(data, name),
        "answer": [json.loads(one.read_text(encoding="utf-8")) for one in answers],
    }


def _scores(name: str, found: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    every: pl.DataFrame = found["scores"].filter(pl.col("product") == "all")
    ends = found["results"].group_by("attribute").agg(pl.col("value").max() - pl.col("value").min())
    spans = {key: span / unit(label).factor for key, span in ends.iter_rows() for label in _unit_of(every, key)}
    carried = every.filter(pl.col("model") == "carry_over").select("protocol", "cqa", carried="rmse")
    own = every.filter(pl.col("model") == "answering").join(carried, on=["protocol", "cqa"]).sort("cqa", "protocol")
    for row in own.iter_rows(named=True):
        span = spans.get(row["cqa"])
        ratio = row["rmse"] / row["carried"] if row["carried"] else None
        yield (
            name,
            row["cqa"],
            row["protocol"],
            row["n"],
            row["groups"],
            ratio,
            row["coverage_90"],
            _limits(row["coverage_90_least"], row["coverage_90_most"]),
            row["width_90"] / span if span else None,
        )


def _limits(least: float | None, most: float | None) -> str:
    return "" if least is None or most is None else f"{least:.2f} to {most:.2f}"


def _answer(name: str, found: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    (answer,) = found["answer"]
    decided = (answer.get("decided") or {"attributes": {}})["attributes"]
    for key, one in answer["steps"][-1]["attributes"].items():
        outcome = one["outcome"]
        if outcome["state"] != "predicted":
            yield (name, key, "refused", one["unit"], None, outcome["reason"], "", None, "")
            continue
        within = "" if outcome["chance"] is None else chance(outcome["chance"], outcome.get("supported_chance"))
        own, truth = decided.get(key), found["truth"].get(key, {})
        at, explained = ("", None) if own is None else (_decided(own["sentence"]), own["explained"])
        yield (name, key, outcome["value"], one["unit"], within, at, _verdict(at, own, truth), explained, _shares(truth))


def _decided(sentence: str) -> str:
    """Return the steps of a sentence such as "HMW is decided at capture (60 %, 50 to 70 %). The records explain …"."""
    return (
        sentence.partition(" is decided at ")[2].partition("). ")[0] + ")" if " is decided at " in sentence else "not told"
    )


def _verdict(at: str, own: Mapping[str, Any] | None, truth: Mapping[str, float]) -> str:
    """Say whether the named steps hold the one with the largest true share."""
    if own is None or not truth:
        return ""
    named = [] if at == "not told" else own["candidates"]
    largest = {step for step, share in truth.items() if share >= max(truth.values()) - CLOSE}
    if not named or (len(named) > 1 and largest & set(named)):
        return "open"
    return "right" if set(named) <= largest else "wrong"


def _shares(truth: Mapping[str, float]) -> str:
    """Write the shares of the steps from 10 %, the largest first."""
    ranked = sorted(truth.items(), key=lambda one: -one[1])
    return ", ".join(f"{step} {100 * share:.0f} %" for step, share in ranked if share >= 0.1)


def _unit_of(scores: pl.DataFrame, attribute: str) -> list[str]:
    return scores.filter(pl.col("cqa") == attribute)["unit"].unique().to_list()


def _truth(data: Path, name: str) -> dict[str, dict[str, float]]:
    """Return attribute → step → share in the variance of the true contributions within product, scale, site and equipment."""
    table = pl.read_parquet(data / f"truth_of_trains/{name}/contributions.parquet")
    table = table.rename({old: new for old, new in TRUTH_COLUMNS.items() if old in table.columns})
    table = table.drop("change", strict=False)
    if "attribute" not in table.columns:
        table = table.unpivot(index=["batch_id", "step"], variable_name="attribute", value_name="value")
    of_steps = table.filter(pl.col("step") != "reference").with_columns(pl.col("step").replace(MATERIALS))
    of_steps = of_steps.group_by("batch_id", "attribute", "step").agg(pl.col("value").sum())
    batches = pl.read_parquet(data / "features.parquet").select("batch_id", "product", "scale", "site", "equipment")
    level = scale_levels(batches["scale"], 0.1).alias("level")
    named = batches.with_columns(level, pl.col("batch_id").str.strip_suffix(ENDINGS.get(name, "")))
    group = ("attribute", "step", "product", "level", "site", "equipment")
    own = pl.col("value") - pl.col("value").mean().over(group)
    spread = of_steps.join(named, on="batch_id").with_columns(own).group_by("attribute", "step").agg(pl.col("value").var())
    share = spread.with_columns(share=pl.col("value") / pl.col("value").sum().over("attribute")).sort("attribute", "step")
    return {str(key): dict(one.select("step", "share").iter_rows()) for (key,), one in share.group_by("attribute")}


def _cost(name: str, found: Mapping[str, Any]) -> tuple[Cell, ...]:
    quality = found["quality"]
    reported = quality["balances"]["do_not_close"]
    ratio, minutes = found["whole"] / found["reading"], found["whole"] / 60
    return (name, quality["batches"], ratio, minutes, round(found["memory"]), quality["rows_quarantined"], reported)


if __name__ == "__main__":
    parser = command(__doc__ or "")
    parser.add_argument("trains", nargs="*", default=list(TRAINS), help="which trains; default: all")
    parser.add_argument("--size", default="default", help="a file of conf/trains/")
    parser.add_argument("--seed", type=int, default=SEED, help=f"seed of the trains; {SEED} is that of conf/trains/")
    asked = parser.parse_args()
    if asked.write and asked.seed != SEED:
        parser.error(f"--write is for seed {SEED}, whose table is published; leave --write out")
    main(asked)
