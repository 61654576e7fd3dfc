"""Convert a proposal into a batch row, so that the same code makes its features and those of history."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.case.assumptions import (
    AssumedSettings,
    assumed_controls,
    assumed_lots,
    assumed_settings,
    in_reference,
    start_value,
)
from pipeline.answers.case.new_lots import new_lots
from pipeline.answers.case.settable import check_settable
from pipeline.answers.case.setting_history import Place, SettingHistory
from pipeline.answers.case.spectra import reference_spectra, stated_spectra
from pipeline.answers.case.tolerances import check_spreads
from pipeline.answers.case.transfer_change import sending_batches, transfer_change
from pipeline.answers.data_sheets import data_sheet
from pipeline.answers.scale_comparison.held_settings import HeldSetting
from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import batch_attributes, lot_attribute
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.axis_words import Change
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.yaml_scalars import is_number
from pipeline.domain.scale import larger_scale, same_scale, scale_levels
from pipeline.domain.units import quantity
from pipeline.features.catalogue import is_measured
from pipeline.history.derive import derive
from pipeline.history.tables import History

NAME = "proposal"
"""Batch name of the proposed batch."""
NOTHING_HELD: Mapping[str, HeldSetting | None] = {}
SMALLEST, LARGEST = 1e-30, 1e30
"""Magnitudes that a stated number may have, SI. Products of powers of such numbers, as in the formulas, remain finite."""


@dataclass(frozen=True)
class ProposedBatch:
    """The proposed batch in the form of a batch of history, and what the proposal did not state."""

    history: History
    reference: pl.DataFrame
    """Batches of the product at the reference scale, or at the place that it is transferred from. For a new product: batches of its
    lineage."""
    assumed: dict[str, Assumed]
    """Attribute or material → what is assumed, and where it comes from."""
    missing: tuple[str, ...]
    """Attributes that remain unknown."""
    open: tuple[str, ...] = ()
    """Those of them that follow the vessel or the scale, so that the reference batches do not show them."""
    change: Change = "scale"
    """What the transfer changes."""


def propose(
    process: Process,
    proposal: Proposal,
    history: History,
    usual: SettingHistory | None = None,
    held: Mapping[str, HeldSetting | None] = NOTHING_HELD,
) -> ProposedBatch:
    """Return the proposed batch.

    usual: the settings of history, if they were collected before; held: settings that hold a quantity, None where they are not
    solved yet and a start value is needed. Raises ScalebridgeError for a setting, unit, product, lot or equipment that the process
    or its history does not know.
    """
    _check(process, proposal, history)
    usual, as_reference = usual or SettingHistory(process, history.batches), proposal.unstated == "as_reference"
    reference = reference_batches(process, proposal, history.batches)
    stated = _stated(process, proposal, history.batches)
    place = Place(proposal.product, scale_of(process, proposal), proposal.equipment)
    solved = {name: _held(usual, name, one, place, reference) for name, one in held.items()}
    found = AssumedSettings({}, ())
    assumed = {name: one for name, one in solved.items() if one is not None}
    genealogy, spectra = _genealogy(process, proposal, history), stated_spectra(process, proposal)
    new = new_lots(process, proposal, stated, history, reference if as_reference else reference.clear(), NAME)
    genealogy, lots = pl.concat([genealogy, new.genealogy]), pl.concat([history.lots, new.lots])
    assumed |= new.assumed
    if as_reference:
        found = assumed_settings(usual, place, reference, {*stated, *assumed}, equipment_properties(process))
        controls = assumed_controls(usual, reference, history)
        assumed |= dict(found.assumed) | {name: one for name, one in controls.items() if name not in stated}
        likely = {name: one for name, one in reference_spectra(process, reference).items() if name not in spectra}
    else:
        likely = {}
    values = {name: one.value for name, one in assumed.items()} | stated
    row = _row(process, proposal, reference, values, likely | spectra)
    results = _controls(process, values)
    if as_reference and reference.height:
        others = _lots_of(history, reference).filter(~pl.col("material").is_in(genealogy["material"].unique().to_list()))
        genealogy = pl.concat([genealogy, others])
        assumed |= assumed_lots(process, reference, others)
    assumed |= {name: _mean_spectrum(process, name, reference) for name in likely}
    no_records = history.trajectories.clear()
    proposed = replace(history, batches=row, lots=lots, genealogy=genealogy, results=results, trajectories=no_records)
    missing = _missing(process, proposed)
    still_open = tuple(name for name in found.open if name in missing)
    change = transfer_change(process, proposal, own_batches(process, proposal, history.batches), place.scale)
    return ProposedBatch(proposed, reference, assumed, missing, still_open, change)


def _held(
    usual: SettingHistory, name: str, held: HeldSetting | None, place: Place, reference: pl.DataFrame
) -> Assumed | None:
    """Return a held setting, or the value from which its search starts."""
    if held is not None:
        return Assumed(held.value, "hold", held.why, held.seen)
    start = start_value(usual, name, place, reference)
    return None if start is None else Assumed(start, "hold", "not solved yet")


def _mean_spectrum(process: Process, name: str, reference: pl.DataFrame) -> Assumed:
    count = reference[name].count()
    return Assumed(f"mean spectrum of {count} batches", "reference", f"as {in_reference(process, reference, count)}")


def _missing(process: Process, proposed: History) -> tuple[str, ...]:
    """Return the attributes of a plan that the proposed batch has no value of."""
    row, results = proposed.batches, proposed.results
    known = {name for name in (*row.columns, *results["attribute"]) if name not in row.columns or row[name][0] is not None}
    described = set(proposed.lots.join(proposed.genealogy, on=["material", "lot_id"]).select(lot_attribute())["attribute"])
    wanted = [
        n for n, a in process.attributes.items() if is_measured(process, n) and a.horizon == "plan" and a.kind != "date"
    ]
    return tuple(n for n in wanted if n not in known | described)


def scale_of(process: Process, proposal: Proposal) -> float:
    """Return the proposed scale in SI.

    Raises ScalebridgeError if its unit does not fit.
    """
    return _scale_in_si(process, proposal, "scale", proposal.scale)


def _scale_in_si(process: Process, proposal: Proposal, key: str, value: str | float) -> float:
    try:
        return quantity(value, process.attributes[process.scale.attribute].unit)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Proposal '{proposal.name}', {key}: {error}") from None


def own_batches(process: Process, proposal: Proposal, batches: pl.DataFrame) -> pl.DataFrame:
    """Return the batches of the product; for a new product those of its lineage, and none where the lineage is new as well."""
    candidates = batches.filter(pl.col("product") == proposal.product)
    if candidates.height:
        return candidates
    return batches.filter(pl.col("lineage") == str(proposal.settings.get(process.lineage, proposal.product)))


def reference_batches(process: Process, proposal: Proposal, batches: pl.DataFrame) -> pl.DataFrame:
    """Return the batches of the product at the reference scale, by default its largest scale below the proposed one.

    For a transfer along `site` or `device`, where no reference scale is stated, these are its batches at the proposed scale at its
    other sites or on its other devices. Raises ScalebridgeError if there is no batch at a stated reference scale.
    """
    candidates = own_batches(process, proposal, batches)
    if candidates.is_empty():
        return candidates
    levels = candidates.with_columns(scale_levels(candidates["scale"], process.scale.tolerance).alias("_level"))
    if proposal.reference_scale is not None:
        wanted = _scale_in_si(process, proposal, "reference_scale", proposal.reference_scale)
        chosen = levels.filter(same_scale(pl.col("_level"), wanted, process.scale.tolerance))
        if chosen.is_empty():
            unit = process.attributes[process.scale.attribute].si
            of = f" of '{proposal.product}'" if process.states_product else ""
            scales = [f"{unit.from_si(x):.4g} {unit.label}" for x in sorted(levels["_level"].unique())]
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': no batch{of} at the reference scale "
                f"{proposal.reference_scale}; it has run at {listed(scales)}"
            )
        return chosen.drop("_level")
    scale = scale_of(process, proposal)
    sent = sending_batches(process, proposal, candidates, transfer_change(process, proposal, candidates, scale), scale)
    if sent.height:
        return sent
    smaller = levels.filter(larger_scale(scale, pl.col("_level"), process.scale.tolerance))
    pool = smaller if not smaller.is_empty() else levels
    return pool.filter(pl.col("_level") == pl.col("_level").max()).drop("_level")


def _check(process: Process, proposal: Proposal, history: History) -> None:
    if proposal.process != process.name:
        raise ScalebridgeError(
            f"Proposal '{proposal.name}' is about process '{proposal.process}', the model was trained on '{process.name}'"
        )
    if not scale_of(process, proposal) > 0:
        raise ScalebridgeError(f"Proposal '{proposal.name}': the scale {proposal.scale} must be above zero")
    check_settable(process, proposal)
    check_spreads(process, proposal)
    check_equipment(process, proposal, history)


def check_equipment(process: Process, proposal: Proposal, history: History) -> None:
    """Check that history knows the equipment. Raises ScalebridgeError that lists what it knows.

    Where transfers along `device` are declared, a new device may be named. Its properties must then be stated, if the process has
    any.
    """
    equipment = history.batches["equipment"].drop_nulls().unique().sort()
    if proposal.equipment is None or proposal.equipment in equipment:
        return
    start = f"Proposal '{proposal.name}': no batch was made on equipment '{proposal.equipment}', so its properties are not known; "
    if not process.axes.new_to_lineage:
        raise ScalebridgeError(
            f"{start}available: {listed(equipment, 30)}. For a new one leave `equipment` out and give its properties in `settings`"
        )
    if unstated := [name for name in equipment_properties(process) if name not in proposal.settings]:
        raise ScalebridgeError(
            f"{start}for a new device state {listed(unstated, 20)} in `settings`; known devices are {listed(equipment, 30)}"
        )


def _stated(process: Process, proposal: Proposal, batches: pl.DataFrame) -> dict[str, float | str]:
    """Return attribute → value, SI, as the proposal states it, directly or through the name of known equipment."""
    values: dict[str, float | str] = _of_equipment(process, proposal, batches)
    settings = {name: _value(name, process.attributes[name], given, proposal) for name, given in proposal.settings.items()}
    values |= _of_step_equipment(process, proposal, settings, batches) | settings
    values[process.product] = proposal.product
    values[process.scale.attribute] = scale_of(process, proposal)
    if process.site is not None and proposal.site is not None:
        values[process.site] = proposal.site
    if process.equipment is not None and proposal.equipment is not None:
        values[process.equipment] = proposal.equipment
    _check_magnitudes(process, proposal, values)
    return values


def _check_magnitudes(process: Process, proposal: Proposal, values: Mapping[str, float | str]) -> None:
    """Refuse numbers with which nothing can be computed: infinite, NaN, or so large or small that a formula leaves the range."""
    for name, value in values.items():
        if not isinstance(value, str) and value != 0 and not SMALLEST <= abs(value) <= LARGEST:
            given = proposal.settings.get(name, proposal.scale)
            raise ScalebridgeError(
                f"Proposal '{proposal.name}', '{name}': {given} cannot be a value of a plant; a number must be finite, and in SI "
                f"units between {SMALLEST:g} and {LARGEST:g} or zero"
            )


def _value(name: str, attribute: Attribute, given: str | float, proposal: Proposal) -> float | str:
    if attribute.kind == "text":
        if not isinstance(given, str):
            raise ScalebridgeError(
                f"Proposal '{proposal.name}', setting '{name}': {given:g} is a number, and '{name}' is a text; write it in quotes"
            )
        return given
    if isinstance(given, str) and not is_number(given.strip().split(" ")[0]):
        example = f"1 {attribute.unit}".strip()
        raise ScalebridgeError(
            f"Proposal '{proposal.name}', setting '{name}': {given[:60]!r} is not a number with a unit; write for example "
            f"'{example}'"
        )
    try:
        value = quantity(given, attribute.unit)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Proposal '{proposal.name}', setting '{name}': {error}") from None
    if attribute.between is not None:
        low, high = (attribute.si.to_si(limit) for limit in attribute.between)
        if not low <= value <= high:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}', setting '{name}': {given} is outside the possible range "
                f"{attribute.between[0]:g} to {attribute.between[1]:g} {attribute.unit}"
            )
    return value


def _of_equipment(process: Process, proposal: Proposal, batches: pl.DataFrame) -> dict[str, float | str]:
    """Return the properties of known equipment, which a details source with the equipment as key gives."""
    if proposal.equipment is None:
        return {}
    found = batches.filter(pl.col("equipment") == proposal.equipment).head(1)
    if found.is_empty():
        return {}
    names = equipment_properties(process)
    return {name: found[name][0] for name in names if name in found.columns and found[name][0] is not None}


def _of_step_equipment(
    process: Process, proposal: Proposal, settings: Mapping[str, float | str], batches: pl.DataFrame
) -> dict[str, float | str]:
    """Return the properties of the equipment of steps that the settings name: what most batches on it have.

    Raises ScalebridgeError for equipment on which no batch ran, unless the settings state a property of it.
    """
    found: dict[str, float | str] = {}
    for equipment in (step.equipment for step in process.steps.values()):
        if equipment is None or equipment == process.equipment or equipment not in settings:
            continue
        own = batches.filter(pl.col(equipment) == settings[equipment])
        names = [name for name in data_sheet(process, equipment) if name in own.columns and name != equipment]
        if own.is_empty() and settings.keys().isdisjoint(names):
            known = batches[equipment].drop_nulls().unique().sort().to_list()
            properties = (
                f"; for a new one, leave '{equipment}' out and state its properties: {listed(names, 12)}" if names else ""
            )
            raise ScalebridgeError(
                f"Proposal '{proposal.name}', setting '{equipment}': no batch ran on '{settings[equipment]}'; known are "
                f"{listed(known, 30)}{properties}"
            )
        usual = {name: own[name].drop_nulls().mode().sort() for name in names}
        found |= {name: values[0] for name, values in usual.items() if values.len()}
    return found


def equipment_properties(process: Process) -> list[str]:
    """Return the attributes that a details source with the equipment as key gives."""
    return [name for name in data_sheet(process, process.equipment) if name != process.equipment]


def _row(
    process: Process,
    proposal: Proposal,
    reference: pl.DataFrame,
    values: Mapping[str, float | str],
    spectra: Mapping[str, FloatArray],
) -> pl.DataFrame:
    """Return one batch row. An attribute that can be derived and is not stated is derived from the stated ones."""
    schema = {name: _dtype(process.attributes[name]) for name in batch_attributes(process)}
    given: Mapping[str, object] = {**values, **spectra}
    row = pl.DataFrame({name: [given.get(name)] for name in schema}, schema=schema)
    derived = derive(row, process)
    row = row.with_columns(pl.coalesce(row[n], derived[n]).alias(n) for n in schema)
    lineage = values.get(process.lineage) or (reference["lineage"][0] if reference.height else proposal.product)
    return row.with_columns(
        pl.lit(NAME).alias("batch_id"),
        pl.lit(proposal.product).alias("product"),
        pl.lit(str(lineage)).alias("lineage"),
        pl.lit(scale_of(process, proposal)).alias("scale"),
        pl.lit(proposal.site, dtype=pl.String).alias("site"),
        pl.lit(proposal.equipment, dtype=pl.String).alias("equipment"),
        pl.lit(None, dtype=pl.Datetime("us")).alias("started_at"),
    )


def _dtype(attribute: Attribute) -> pl.DataType:
    """Return the type of an attribute in the batch table."""
    if attribute.channels is not None:
        return pl.Array(pl.Float64, attribute.channels.count)
    return pl.Float64() if attribute.kind == "number" else pl.String()


def _controls(process: Process, stated: Mapping[str, float | str]) -> pl.DataFrame:
    """Return the in-process controls of the proposal as results."""
    names = [n for n in stated if process.attributes[n].role == "IPC"]
    rows = [{"batch_id": NAME, "attribute": n, "value": float(stated[n]), "censoring": "none"} for n in names]
    return pl.DataFrame(
        rows, schema={"batch_id": pl.String, "attribute": pl.String, "value": pl.Float64, "censoring": pl.String}
    )


def _genealogy(process: Process, proposal: Proposal, history: History) -> pl.DataFrame:
    """Return the lots that the proposal names, with fractions scaled to sum to 1."""
    rows = []
    for material, shares in proposal.lots.items():
        if material not in process.materials:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': material '{material}' is not declared; available: {listed(process.materials)}"
            )
        known = dict.fromkeys(history.lots.filter(pl.col("material") == material)["lot_id"].unique().sort())
        if unknown := [share.lot for share in shares if share.lot not in known]:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': no lot {listed(map(repr, unknown))} of '{material}'; "
                f"among the {len(known)} known are {listed(known)}. For a new lot state its properties in `settings`"
            )
        total = sum(share.fraction for share in shares)
        rows += [{"batch_id": NAME, "material": material, "lot_id": s.lot, "fraction": s.fraction / total} for s in shares]
    return pl.DataFrame(rows, schema=history.genealogy.schema) if rows else history.genealogy.clear()


def _lots_of(history: History, reference: pl.DataFrame) -> pl.DataFrame:
    """Return all lots of the reference batches with their mean fractions."""
    used = history.genealogy.join(reference.select("batch_id"), on="batch_id", how="semi")
    mean = used.group_by("material", "lot_id", maintain_order=True).agg(pl.col("fraction").sum())
    share = pl.col("fraction") / pl.col("fraction").sum().over("material")
    return mean.sort("material", "lot_id").select(
        pl.lit(NAME).alias("batch_id"), "material", "lot_id", share.alias("fraction")
    )
