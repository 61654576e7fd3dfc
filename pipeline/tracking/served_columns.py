"""What the served model takes: one row per proposal, with the columns that are known when a batch is planned."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipeline.answers.case.new_lots import lot_settings
from pipeline.answers.predicting_run import PredictingRun
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.parts import lot_column
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features.catalogue import is_measured

TEXTS = ("name", "site", "equipment", "unstated")
"""Columns of a row that are fields of a proposal and texts. `product` is one as well, and required."""
Part = Literal["proposal", "settings", "lots", "spectra"]
"""The part of a proposal to which a column belongs."""


@dataclass(frozen=True)
class InputColumn:
    """One column of the rows that the served model takes."""

    name: str
    part: Part
    field: str
    """Field of the proposal, attribute, or material."""
    unit: str | None
    """Unit of a plain number; None for a text."""
    required: bool = False

    @property
    def holds(self) -> str:
        """What a cell of the column may hold, in words."""
        if self.part == "lots":
            return "the name of a lot, or a list of lots with their fractions as in a proposal"
        if self.part == "spectra":
            return f"a list of numbers in the order of the channels, in {self.unit or 'their unit'}"
        if self.field == "unstated" and self.part == "proposal":
            return "`missing` or `as_reference`: what holds for set-points that are not stated"
        if self.unit is None:
            return "a text"
        example = f"60 {self.unit}".strip()
        return f"a number in {self.unit}, or a text with a unit such as '{example}'" if self.unit else "a number"


def input_columns(process: Process) -> dict[str, InputColumn]:
    """Return the columns that a row may have: those of a proposal, one per set-point or property of the plan, one per material.

    A material whose lots are used once has a column per property as well, because the lot of a new batch is always a new one.
    Quantities that the software computes, such as tip speed, are no columns. Raises ScalebridgeError if two columns would have the
    same name.
    """
    scale = process.attributes[process.scale.attribute].unit
    product = [InputColumn("product", "proposal", "product", None, required=True)]
    scales = [
        InputColumn("scale", "proposal", "scale", scale, required=True),
        InputColumn("reference_scale", "proposal", "reference_scale", scale),
    ]
    found = [
        *(product if process.states_product else ()),
        *(scales[:1] if process.states_scale else ()),
        *(InputColumn(name, "proposal", name, None) for name in TEXTS),
        *(scales[1:] if process.states_scale else ()),
        *(
            InputColumn(name, "settings", name, _unit(process, name))
            for name in [*_settings(process), *_of_new_lots(process)]
        ),
        *(InputColumn(lot_column(name), "lots", name, None) for name in process.materials),
        *(InputColumn(name, "spectra", name, process.attributes[name].unit) for name in _spectra(process)),
    ]
    columns = {column.name: column for column in found}
    if len(columns) < len(found):
        names = [column.name for column in found]
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise ScalebridgeError(
            f"Process '{process.name}': the served model would have two columns called {listed(doubled)}; rename the attribute"
        )
    return columns


def _settings(process: Process) -> list[str]:
    """Attributes that a plan states and that the software does not compute, but those that a proposal names itself."""
    own = {process.product, process.site, process.equipment}
    settable = {*batch_attributes(process), *(name for name, one in process.attributes.items() if one.role == "IPC")}
    return [
        name
        for name, one in process.attributes.items()
        if name in settable - own
        and is_measured(process, name)
        and one.horizon == "plan"
        and one.kind not in ("date", "spectrum")
        and one.derive is None
    ]


def _of_new_lots(process: Process) -> list[str]:
    """Properties of the lots that are used once, which a plan states."""
    return [
        name
        for name in lot_settings(process)
        if process.attributes[name].material in process.used_once and process.attributes[name].horizon == "plan"
    ]


def _spectra(process: Process) -> list[str]:
    """Spectra of a batch. Those of a material come with its lots."""
    return [name for name in batch_attributes(process) if process.attributes[name].kind == "spectrum"]


def _unit(process: Process, name: str) -> str | None:
    attribute = process.attributes[name]
    return attribute.unit if attribute.kind == "number" else None


def proposal_of(process: Process, columns: Mapping[str, InputColumn], row: Mapping[str, object], place: str) -> Proposal:
    """Return the proposal that a row states. A cell that is None or NaN is not stated.

    place: name of the row for messages, and of the proposal if the row has no `name`. Raises ScalebridgeError for a column that
    does not exist, and for a cell that is not what its column holds.
    """
    if unknown := [name for name in row if name not in columns]:
        raise ScalebridgeError(
            f"{place}: there is no column {listed(map(repr, unknown))}; columns are {listed(columns, 60)}"
        )
    parts: dict[Part, dict[str, object]] = {
        "proposal": {"name": place, "process": process.name},
        "settings": {},
        "lots": {},
        "spectra": {},
    }
    for name, cell in row.items():
        column = columns[name]
        if not _stated(cell):
            continue
        parts[column.part][column.field] = _checked(column, cell, f"{place}, column '{name}'")
    if lacking := [column.name for column in columns.values() if column.required and not _stated(row.get(column.name))]:
        raise ScalebridgeError(f"{place}: {listed(map(repr, lacking))} must be stated")
    grouped: tuple[Part, ...] = ("settings", "lots", "spectra")
    made = parse(Proposal, parts["proposal"] | {name: parts[name] for name in grouped}, place)
    assert isinstance(made, Proposal)
    return made


def _stated(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, float) and math.isnan(cell))


def _checked(column: InputColumn, cell: object, place: str) -> object:
    """Return a cell as the proposal takes it."""
    if column.part == "lots":
        return [{"lot": cell}] if isinstance(cell, str) else cell
    if column.part == "spectra":
        return _numbers(column, cell, place)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ScalebridgeError(f"{place}: {str(cell)[:60]} is {type(cell).__name__}; the column takes {column.holds}")
    if isinstance(cell, str) and not cell.strip():
        raise ScalebridgeError(f"{place}: the text is empty; leave the cell out or write null if it is not stated")
    if column.unit is None:
        if not isinstance(cell, str):
            raise ScalebridgeError(f"{place}: {cell} is a number; the column takes {column.holds}")
    elif not _finite(cell):
        raise ScalebridgeError(f"{place}: {str(cell)[:60]} is not a finite number; the column takes {column.holds}")
    return cell


def _numbers(column: InputColumn, cell: object, place: str) -> list[float]:
    """Return a spectrum as plain numbers."""
    try:
        found = [float(value) for value in cell]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        found = []
    if isinstance(cell, str) or not found:
        raise ScalebridgeError(f"{place}: {str(cell)[:60]} is {type(cell).__name__}; the column takes {column.holds}")
    return found


def _finite(cell: str | float) -> bool:
    """Whether a number, or the number at the beginning of a text, is finite. A text without a number is refused later."""
    try:
        return math.isfinite(float(cell.split()[0] if isinstance(cell, str) else cell))
    except ValueError:
        return True
    except OverflowError:
        return False


def example(run: PredictingRun, columns: Iterable[InputColumn], rows: int = 2) -> list[dict[str, object]]:
    """Return batches of history at the largest scale, as rows that propose to make them again."""
    batches = run.history.batches.join(run.history.anonymous, on="batch_id", how="anti", maintain_order="left")
    chosen = batches.filter(pl.col("scale") == pl.col("scale").max()).sort("batch_id").head(rows)
    return [{column.name: _of_batch(run, column, batch) for column in columns} for batch in chosen.to_dicts()]


def _of_batch(run: PredictingRun, column: InputColumn, batch: Mapping[str, object]) -> object:
    """What a batch has in a column: a number in the display unit with six digits, a text, or None."""
    if column.part == "lots":
        mine = (pl.col("batch_id") == batch["batch_id"]) & (pl.col("material") == column.field)
        used = run.history.genealogy.filter(mine).sort("fraction", "lot_id", descending=[True, False])
        return None if used.is_empty() else used["lot_id"][0]
    if column.name == "name":
        return f"as {batch['batch_id']}"
    value = batch.get(column.field)
    if column.part == "spectra" and value is not None:
        assert isinstance(value, Iterable)
        return [float(f"{run.process.attributes[column.field].si.from_si(float(one)):.6g}") for one in value]
    if column.unit is None or value is None:
        return value
    name = run.process.scale.attribute if column.name == "scale" else column.field
    return float(f"{run.process.attributes[name].si.from_si(float(value)):.6g}")  # type: ignore[arg-type]
