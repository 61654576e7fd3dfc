"""A small history in which products go from site to site, or from device to device, at one batch size."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tests.support.definitions import PlainData
from tests.support.small_history import SmallHistory

PLACES = (
    ("A", "Boston", "D-1", 8),
    ("B", "Boston", "D-1", 6),
    ("C", "Boston", "D-2", 6),
    ("B", "Visp", "D-3", 6),
    ("A", "Boston", "D-2", 4),
    ("C", "Visp", "D-3", 6),
    ("D", "Visp", "D-4", 4),
    ("D", "Boston", "D-1", 5),
)
"""Product, site, device and number of batches, in order of time. Product A never ran at Visp, nor on the devices there."""
VISP = 0.6
"""Titre at Visp minus titre at Boston [g/L]."""
TRANSFERS = {
    "protocols": [
        {"kind": "leave_product_out", "folds": 2},
        {"kind": "largest_scale_out", "folds": 2},
        {"kind": "site_out", "folds": 2},
        {"kind": "device_out", "folds": 2},
        {"kind": "past_scale_ups", "last": 3, "least": 12},
    ]
}
TO_VISP: PlainData = {"name": "A to Visp", "scale": "20 L", "site": "Visp", "equipment": "D-3", "settings": {}}
"""Changes of the proposal: product A at the site where it never ran."""
TO_DEVICE: PlainData = {"name": "A on D-9", "scale": "20 L", "site": "Boston", "equipment": "D-9", "settings": {}}
"""Changes of the proposal: product A on a device on which nothing ran."""


@dataclass(frozen=True)
class PlacedHistory(SmallHistory):
    """Batches of one size at places, and the declared axes."""

    made: tuple[tuple[str, float, int], ...] = ()
    axis: tuple[str, ...] = ("site",)
    places: tuple[tuple[str, str, str, int], ...] = PLACES
    keys: PlainData = field(default_factory=dict)
    """Further keys of the definition."""

    def split(self) -> PlainData:
        """Return the protocols."""
        return TRANSFERS

    def definition(self) -> PlainData:
        """Return the process definition with a site and axes."""
        given = super().definition()
        site: PlainData = {"role": "context", "horizon": "plan", "description": "x", "kind": "text"}
        given["attributes"]["site"] = site | {"column": {"source": "batches", "column": "site"}}
        return given | {"site": "site", "axis": list(self.axis)} | self.keys

    def batches(self) -> pl.DataFrame:
        """Return the batch file as text."""
        rng = np.random.default_rng(2)
        rows = [(product, site, device) for product, site, device, count in self.places for _ in range(count)]
        count = len(rows)
        table = pl.DataFrame(rows, schema=["product", "site", "vessel"], orient="row")
        level = {"A": 4.0, "B": 4.5, "C": 3.6, "D": 5.0}
        titre = pl.col("product").replace_strict(level) + VISP * (pl.col("site") == "Visp").cast(pl.Float64)
        return table.with_columns(
            batch=pl.format("B{}", pl.int_range(pl.len())),
            start=pl.date(2019, 1, 1) + pl.duration(days=7 * pl.int_range(pl.len())),
            volume=pl.lit(20.0),
            temperature=pl.Series(36.5 + 0.4 * rng.normal(size=count)).round(2),
            agitation=pl.Series(180 + 10 * rng.normal(size=count)).round(1),
            titre=(titre + pl.Series(0.1 * rng.normal(size=count))).round(2),
            impurity=pl.Series(0.08 + 0.02 * rng.normal(size=count)).round(3),
        ).drop(self.left_out)
