"""The settings of a product in a vessel at a scale: usual values, supported ranges, and what each can hold."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from pipeline.answers.case.completion import ONLY_SCALE
from pipeline.answers.case.draft import Asked, DraftedSetting, drafted_settings
from pipeline.answers.case.setting_history import Place as HistoryPlace
from pipeline.answers.case.setting_history import SettingHistory
from pipeline.answers.profile.process import profiled_process
from pipeline.answers.profile.ranges import Slider, is_whole, ran_ranges, slider, supported_range
from pipeline.answers.result.profile import NamedQuantity, ProfiledPlace, ProfiledSetting, RanRange
from pipeline.answers.scale_comparison.hold import inputs_of
from pipeline.domain.process.process import Process
from pipeline.domain.units import quantity
from pipeline.features.catalogue import catalogue, names_of


def profiled_place(history: SettingHistory, asked: Asked) -> ProfiledPlace:
    """Return what can be set for a product in a vessel at a scale.

    Raises ScalebridgeError for a missing product or scale, and for equipment that history does not know.
    """
    process, batches = history.process, history.batches
    names, holds = names_of(process), _holds(process)
    drafted = drafted_settings(process, batches, asked)
    settings = tuple(_setting(history, asked, one, names, holds.get(one.name, ())) for one in drafted)
    vessels = {one.name: one.site for one in profiled_process(process, batches).vessels}
    site = vessels.get(asked.equipment) if asked.equipment is not None and process.site is not None else None
    return ProfiledPlace(asked.product, asked.equipment, site, _scale(process, batches, asked, names), settings)


def _place(process: Process, asked: Asked) -> HistoryPlace:
    size = process.attributes[process.scale.attribute].unit
    return HistoryPlace(
        asked.product if process.states_product else process.name,
        quantity(asked.scale, size) if process.states_scale else ONLY_SCALE,
        asked.equipment,
    )


def _holds(process: Process) -> dict[str, tuple[str, ...]]:
    """Return setting → quantities that it can hold."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in catalogue(process):
        if entry.role == "similarity":
            for name in inputs_of(process, entry.feature):
                found[name] = (*found.get(name, ()), entry.feature)
    return {name: quantities for name, quantities in found.items() if process.attributes[name].role == "CPP"}


def _short(quantity: str, all_: tuple[str, ...]) -> str:
    """Return the name of a quantity without its operation, as a proposal states it; the full name where two have the same."""
    short = quantity.rsplit(".", 1)[-1]
    return short if sum(other.rsplit(".", 1)[-1] == short for other in all_) == 1 else quantity


def _setting(
    history: SettingHistory,
    asked: Asked,
    drafted: DraftedSetting,
    names: Mapping[str, str],
    holds: tuple[str, ...],
) -> ProfiledSetting:
    process, batches = history.process, history.batches
    attribute, name = process.attributes[drafted.name], drafted.name
    quantities = tuple(NamedQuantity(_short(one, holds), names[one]) for one in holds)
    if attribute.kind == "text":
        known = tuple(batches[name].drop_nulls().unique().sort())
        return _profiled(process, name, names, "text", drafted.value, drafted.source, None, None, (), known, quantities)
    ran = ran_ranges(process, name, batches, asked.product, asked.equipment)
    supported = supported_range(history, name, _place(process, asked))
    unit = attribute.si
    default = None if drafted.value is None else float(f"{unit.from_si(quantity(drafted.value, attribute.unit)):.10g}")
    counted = unit.dimension == "dimensionless" and is_whole(batches[name].drop_nulls())
    there = slider(attribute, supported, ran, default, whole=counted)
    return _profiled(process, name, names, "number", default, drafted.source, there, supported, ran, (), quantities)


def _scale(process: Process, batches: pl.DataFrame, asked: Asked, names: Mapping[str, str]) -> ProfiledSetting | None:
    """Return the scale as a setting: its ranges are those of the batches in the vessel and of the product."""
    if not process.states_scale:
        return None
    name = process.scale.attribute
    attribute = process.attributes[name]
    value = attribute.si.from_si(quantity(asked.scale, attribute.unit))
    ran = ran_ranges(process, name, batches.with_columns(pl.col("scale").alias(name)), asked.product, asked.equipment)
    wanted = "history" if asked.equipment is None else "vessel"
    supported = next((one for one in ran if one.by == wanted), None)
    there = slider(attribute, supported, () if asked.equipment else ran, float(f"{value:.10g}"))
    return _profiled(process, name, names, "number", value, "as proposed", there, supported, ran, (), ())


def _profiled(
    process: Process,
    name: str,
    names: Mapping[str, str],
    kind: Literal["number", "text"],
    default: float | str | None,
    source: str,
    there: Slider | None,
    supported: RanRange | None,
    ran: tuple[RanRange, ...],
    choices: tuple[str, ...],
    holds: tuple[NamedQuantity, ...],
) -> ProfiledSetting:
    attribute = process.attributes[name]
    return ProfiledSetting(
        name,
        names.get(name, name),
        attribute.description,
        attribute.unit,
        kind,
        default,
        source,
        None if there is None else (there.low, there.high),
        None if there is None else there.step,
        there is not None and there.logarithmic,
        attribute.between,
        supported,
        ran,
        choices,
        holds,
    )
