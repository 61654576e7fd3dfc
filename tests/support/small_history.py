"""Small histories of a fermentation, as files of a project: few batches, one product, one scale, no dates."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from pipeline.domain.places import Places
from tests.support.definitions import PlainData
from tests.support.project import CHOICES, ROOT

NUMBERS = {"volume": "L", "temperature": "degC", "agitation": "rpm"}
WORDS = ("product", "vessel")
SOURCE = {
    "gives": "batches",
    "files": ["batches.csv"],
    "format": {"kind": "csv", "separator": ",", "encoding": "utf-8", "decimal": "."},
    "nulls": [""],
}
QUICK_MODEL = {
    "kind": "super_learner",
    "folds": 3,
    "members": [
        {"kind": "global_mean"},
        {"kind": "carry_over"},
        {"kind": "hierarchical", "rows": 30, "iterations": 3},
        {"kind": "lightgbm", "rounds": 4, "leaves": 4, "min_rows_per_leaf": 2},
    ],
}
SPLIT = {
    "protocols": [
        {"kind": "leave_product_out", "folds": 2},
        {"kind": "largest_scale_out", "folds": 2},
        {"kind": "forward_in_time", "cutoffs": 1},
        {"kind": "past_scale_ups", "last": 2},
    ]
}
PROPOSAL = {
    "name": "A to 500 L",
    "process": "small",
    "product": "A",
    "scale": "500 L",
    "unstated": "as_reference",
    "settings": {"agitation": "95 rpm"},
}


@dataclass(frozen=True)
class SmallHistory:
    """Batches of products at scales, and what is changed or left out."""

    made: tuple[tuple[str, float, int], ...]
    """Product, volume [L] and number of batches."""
    left_out: tuple[str, ...] = ()
    """Columns that neither the files nor the definition have."""
    cells: PlainData = field(default_factory=dict)
    """Column → the text in every cell of it."""
    results: int | None = None
    """Number of batches with an impurity."""
    proposal: PlainData = field(default_factory=dict)
    """Changes of the proposal; a key with None is left out."""

    def project(self, folder: Path) -> Places:
        """Write a project that holds this history before its first run."""
        places = Places.under(folder / "data")
        proposal = {key: value for key, value in (PROPOSAL | self.proposal).items() if value is not None}
        for path, data in (
            (places.conf / "process/small.yaml", self.definition()),
            (places.conf / "split/small.yaml", self.split()),
            (places.conf / "model/quick.yaml", QUICK_MODEL),
            (places.conf / "config.yaml", yaml.safe_load((ROOT / "conf/config.yaml").read_text(encoding="utf-8"))),
            (places.params, CHOICES | {"process": "small", "split": "small", "model": "quick"}),
            (places.proposals / "a.yaml", proposal),
        ):
            _write(path, yaml.safe_dump(data, sort_keys=False))
        for kept in (
            "interval/rehearsed",
            "plant/small",
            "trains/default",
            "transfer/none",
            "cost/example",
            "decision/default",
            "left_out/none",
            "scope/none",
            "monitoring/default",
        ):
            _write(places.conf / f"{kept}.yaml", (ROOT / f"conf/{kept}.yaml").read_text(encoding="utf-8"))
        _write(places.raw / "small/batches.csv", self.batches().write_csv())
        return places

    def split(self) -> PlainData:
        """Return the protocols."""
        return SPLIT

    def definition(self) -> PlainData:
        """Return the process definition without what is left out."""
        attributes = {
            "batch": _attribute("batch", "identifier", kind="text"),
            "start": _attribute("start", "identifier", kind="date"),
            **{name: _attribute(name, "context", kind="text") for name in WORDS},
            **{name: _attribute(name, "scale" if name == "volume" else "CPP", unit=unit) for name, unit in NUMBERS.items()},
            "titre": _attribute("titre", "CQA", unit="g/L", specification={"lower": 3.0}, horizon="release"),
            "impurity": _attribute("impurity", "CQA", unit="%", specification={"upper": 0.3}, horizon="release"),
        }
        keys: PlainData = {"product": "product", "equipment": "vessel", "started": "start", "scale": {"attribute": "volume"}}
        named = {"product": "product", "equipment": "vessel", "started": "start", "scale": "volume"}
        return {
            "name": "small",
            "title": "A small history",
            "batch": "batch",
            "sources": {"batches": SOURCE},
            "attributes": {name: one for name, one in attributes.items() if name not in self.left_out},
            **{key: value for key, value in keys.items() if named[key] not in self.left_out},
        }

    def batches(self) -> pl.DataFrame:
        """Return the batch file as text."""
        rng = np.random.default_rng(1)
        rows = [(product, volume) for product, volume, count in self.made for _ in range(count)]
        count = len(rows)
        shown = range(count if self.results is None else self.results)
        table = pl.DataFrame(rows, schema=["product", "volume"], orient="row").with_columns(
            batch=pl.format("B{}", pl.int_range(pl.len())),
            start=pl.date(2019, 1, 1) + pl.duration(days=7 * pl.int_range(pl.len())),
            vessel=pl.format("R-{}", pl.col("volume").cast(pl.Int64)),
            temperature=pl.Series(36.5 + 0.4 * rng.normal(size=count)).round(2),
            agitation=(340 * pl.col("volume") ** -0.2 + pl.Series(10 * rng.normal(size=count))).round(1),
            titre=pl.Series(4 + 0.3 * rng.normal(size=count)).round(2),
            impurity=pl.Series(0.08 + 0.02 * rng.normal(size=count)).round(3),
        )
        few = pl.when(pl.int_range(pl.len()).is_in(list(shown))).then(pl.col("impurity"))
        changed = table.with_columns(few.alias("impurity")).with_columns(
            pl.lit(text).alias(n) for n, text in self.cells.items()
        )
        return changed.drop(self.left_out)


def _attribute(name: str, role: str, **more: object) -> PlainData:
    column: PlainData = {"source": "batches", "column": name}
    if more.get("kind") == "date":
        column["date"] = {"format": "%Y-%m-%d"}
    return {"role": role, "horizon": "plan", "description": "x", "column": column} | more


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
