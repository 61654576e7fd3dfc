"""What a proposal does not state, taken from history: each value with its origin.

A setting that follows the vessel is as the vessel ran, else as ran at the scale. Another one is as in the reference batches.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.case.setting_history import SHOWN, Place, SettingHistory, settings_of_batches
from pipeline.domain.display import noun, shown
from pipeline.domain.errors import listed
from pipeline.domain.process.process import Process
from pipeline.history.tables import History

LOTS_NAMED = 3


@dataclass(frozen=True)
class AssumedSettings:
    """Settings that a proposal does not state."""

    assumed: Mapping[str, Assumed]
    open: tuple[str, ...]
    """Settings that follow the vessel or the scale, and that history does not show there."""


def assumed_settings(
    usual: SettingHistory, place: Place, reference: pl.DataFrame, stated: Collection[str], properties: Collection[str]
) -> AssumedSettings:
    """Return the settings that are not stated.

    stated: attributes that need no value; properties: attributes of a vessel, which only a known vessel gives.
    """
    assumed, still_open = dict[str, Assumed](), list[str]()
    for name in settings_of_batches(usual.process, usual.batches.columns):
        if name in stated or not (place.equipment is None or name not in properties):
            continue
        if name in properties:
            still_open.append(name)
        elif usual.follows_place(name):
            found = usual.usual(name, place)
            if found is None:
                still_open.append(name)
            else:
                source = "vessel" if found.of_vessel else "scale"
                assumed[name] = Assumed(found.value, source, found.origin, found.seen)  # type: ignore[arg-type]
        elif (taken := _of_product(usual, name, reference)) is not None:
            assumed[name] = taken
    return AssumedSettings(assumed, tuple(still_open))


def start_value(usual: SettingHistory, name: str, place: Place, reference: pl.DataFrame) -> float | None:
    """Return a value above zero from which the search for a held setting starts; None if history has none."""
    nearest = usual.usual(name, place), _of_product(usual, name, reference), usual.of_all_products(name)
    values = [float(found.value) for found in nearest if found is not None]
    return next((value for value in values if value > 0), usual.largest(name))


def _of_product(usual: SettingHistory, name: str, reference: pl.DataFrame) -> Assumed | None:
    """Return the value in the reference batches; for a product without such batches that of all products."""
    if reference.is_empty():
        found = usual.of_all_products(name)
        return None if found is None else Assumed(found.value, "products", found.origin, found.seen)
    known = reference[name].drop_nulls()
    if not len(known):
        return None
    origin = in_reference(usual.process, reference, len(known))
    if usual.process.attributes[name].kind == "number":
        return Assumed(float(known.median()), "reference", f"as {origin}", usual.seen(name, known.to_numpy()))  # type: ignore[arg-type]
    return Assumed(known[0], "reference", f"as {origin}") if known.n_unique() == 1 else None


def assumed_controls(usual: SettingHistory, reference: pl.DataFrame, history: History) -> dict[str, Assumed]:
    """Return the medians of the in-process controls of the reference batches."""
    process = usual.process
    measured = history.results.join(reference.select("batch_id"), on="batch_id", how="semi")
    medians = measured.group_by("attribute").agg(pl.col("value").median(), pl.len().alias("n")).sort("attribute")
    return {
        name: Assumed(value, "reference", f"as {in_reference(process, reference, count)}")
        for name, value, count in medians.iter_rows()
        if process.attributes[name].role == "IPC" and process.attributes[name].horizon != "release"
    }


def assumed_lots(process: Process, reference: pl.DataFrame, genealogy: pl.DataFrame) -> dict[str, Assumed]:
    """Return material → the lots of the reference batches, in words."""
    found = genealogy.group_by("material").agg(pl.col("lot_id").unique()).sort("material")
    origin = f"as {in_reference(process, reference, reference.height)}"
    return {material: Assumed(_lots(lots), "reference", origin) for material, lots in found.iter_rows()}


def _lots(lots: list[str]) -> str:
    return f"lot {lots[0]}" if len(lots) == 1 else f"{len(lots)} lots: {listed(sorted(lots), LOTS_NAMED)}"


def in_reference(process: Process, reference: pl.DataFrame, count: int) -> str:
    """Return the reference batches in words, such as `mAb-12 ran at 5 L in 9 batches`."""
    products, number = reference["product"].unique().sort(), f"{count} {noun(count, 'batch')}"
    at = ""
    if process.states_scale:
        scale = float(reference["scale"].median())  # type: ignore[arg-type]
        at = f" at {shown(scale, process.attributes[process.scale.attribute].si, SHOWN)}"
    if not process.states_product:
        return f"{number}{at} ran"
    if len(products) > 1:
        return f"{number} of {listed(products, 4)}{at} ran"
    return f"{products[0]} ran{at} in {number}"
