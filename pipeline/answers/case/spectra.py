"""Spectra of a proposal: stated as numbers, read from a file beside the proposal, or taken from the reference batches."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.file_formats import Csv
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Measured, Proposal
from pipeline.domain.reading.folders import outside, pattern_problem
from pipeline.history.cells import number
from pipeline.history.connectors.csv import read_csv
from pipeline.history.spectra.columns import at_positions


def with_spectrum_files(proposal: Proposal, folder: Path) -> Proposal:
    """Return the proposal with the spectra that stand in files, which lie in the folder of the proposal or below it.

    A file is CSV with two columns, position and value, in this order. Raises ScalebridgeError if it cannot be read.
    """
    read = {name: _read(proposal, name, given, folder) for name, given in proposal.spectra.items() if isinstance(given, str)}
    return replace(proposal, spectra={**proposal.spectra, **read}) if read else proposal


def _read(proposal: Proposal, name: str, given: str, folder: Path) -> Measured:
    what, path = f"Proposal '{proposal.name}', spectrum '{name}'", folder / given
    if pattern_problem(given) or outside(path, folder) is not None or not path.is_file():
        raise ScalebridgeError(f"{what}: there is no file '{given}' in the folder of the proposal or below it")
    cells = read_csv(path, Csv(), None, given).cells
    if cells.width != 2:
        raise ScalebridgeError(f"{what}: {given} has {cells.width} columns; it needs two, position and value")
    numbers = cells.select(number(pl.col(column).str.strip_chars(), ".") for column in cells.columns)
    if bad := sum(numbers.null_count().row(0)):
        raise ScalebridgeError(f"{what}: {given} has {bad} cells that are no number with a decimal point")
    position, value = (numbers[column].to_list() for column in numbers.columns)
    return Measured(tuple(position), tuple(value))


def stated_spectra(process: Process, proposal: Proposal) -> dict[str, FloatArray]:
    """Return the stated spectra at the channels of their attributes, (channels,), SI.

    Raises ScalebridgeError for a name that is no spectrum of batches, for a wrong number of channels, for values that are not
    possible, and for a file that was not read because the proposal itself is in no file.
    """
    settable = [name for name in batch_attributes(process) if process.attributes[name].kind == "spectrum"]
    found = {}
    for name, given in proposal.spectra.items():
        what = f"Proposal '{proposal.name}', spectrum '{name}'"
        if name not in settable:
            raise ScalebridgeError(f"{what}: {_why_not(process, name, settable)}")
        if isinstance(given, str):
            raise ScalebridgeError(f"{what}: a file is read only for a proposal in a file; state the numbers")
        found[name] = _checked(what, process.attributes[name], given)
    return found


def _why_not(process: Process, name: str, settable: list[str]) -> str:
    attribute = process.attributes.get(name)
    if attribute is not None and attribute.kind == "spectrum":
        return (
            f"it belongs to the lots of '{attribute.material}'; name a lot of history: `lots: {{{attribute.material}: […]}}`"
        )
    return f"there is no such spectrum; available: {listed(settable)}"


def _checked(what: str, attribute: Attribute, given: "Measured | tuple[float, ...]") -> FloatArray:
    wanted = attribute.channels
    assert wanted is not None  # the validation of the process requires it
    if isinstance(given, Measured):
        known, values = np.array(given.positions), np.array(given.values)
        low, high = min(wanted.first, wanted.last), max(wanted.first, wanted.last)
        slack = 1e-6 * wanted.step
        if len(np.unique(known)) < max(len(known), 2) or known.min() > low + slack or known.max() < high - slack:
            raise ScalebridgeError(
                f"{what}: its positions must be different and reach from {low:g} to {high:g} {wanted.unit}; they reach from "
                f"{known.min():g} to {known.max():g}"
            )
        values = at_positions(values[None, :], known, wanted.positions)[0]
    else:
        values = np.array(given)
        if len(values) != wanted.count:
            raise ScalebridgeError(f"{what}: it has {len(values)} channels; the process has {wanted.count}")
    si = values * attribute.si.factor + attribute.si.offset
    if (possible := attribute.possible) is not None and not ((possible[0] <= si) & (si <= possible[1])).all():
        at = int(np.argmax((si < possible[0]) | (si > possible[1])))
        raise ScalebridgeError(
            f"{what}: {values[at]:g} at {wanted.positions[at]:g} {wanted.unit} is outside the possible range "
            f"{attribute.between[0]:g} to {attribute.between[1]:g} {attribute.unit}".strip()  # type: ignore[index]
        )
    return np.asarray(si)


def reference_spectra(process: Process, reference: pl.DataFrame) -> dict[str, FloatArray]:
    """Return the mean spectra of the reference batches, (channels,), SI, where they have one."""
    names = [n for n in batch_attributes(process) if process.attributes[n].kind == "spectrum" and n in reference.columns]
    known = {name: reference[name].drop_nulls() for name in names}
    return {name: np.asarray(spectra.to_numpy().mean(axis=0)) for name, spectra in known.items() if len(spectra)}


def check_spectra(proposal: Proposal, row: pl.DataFrame, read: Iterable[str]) -> None:
    """Refuse a proposal without a spectrum that a model reads: the prediction would be far less sure than its interval says.

    row: the feature row of the proposed batch; read: the spectra that the models read.
    """
    if missing := [name for name in dict.fromkeys(read) if row[name][0] is None]:
        raise ScalebridgeError(
            f"Proposal '{proposal.name}': the models read the spectrum {listed(map(repr, missing))}, and the proposal has none; "
            f"state it: `spectra: {{{missing[0]}: file.csv}}`, or by a known lot if it is one of a material; or write "
            "`unstated: as_reference` for the mean spectrum of the reference batches"
        )
