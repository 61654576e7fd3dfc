"""Which edits mend which reason. A rule makes the sentences from the texts of the cells."""

import re

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError, close_to
from pipeline.domain.sources import GenealogyRows, LongResults, TrajectoryRows
from pipeline.domain.units import same_dimension, unit
from pipeline.history.cells import number
from pipeline.history.quality.date_texts import fitting
from pipeline.history.quality.edits import Edit, Found, Rule, in_yaml, quoted, short, the_cells
from pipeline.history.quality.number_texts import number_edits

UNITS = (
    *(
        "degC",
        "degF",
        "K",
        "%",
        "1/s",
        "rpm",
        "L",
        "mL",
        "m^3",
        "L/min",
        "mL/min",
        "L/h",
        "mL/h",
        "m^3/h",
        "bar",
        "mbar",
        "Pa",
    ),
    *("kPa", "psi", "mmHg", "g/L", "mg/L", "mg/mL", "ug/mL", "mol/L", "mmol/L", "umol/L", "kg", "g", "mg", "m", "cm", "mm"),
    *("s", "min", "h", "day", "N", "kN", "MPa", "W", "kW"),
)
"""Units that are tried for values outside the possible range."""


def _no_number(found: Found, match: re.Match[str]) -> list[Edit]:
    return number_edits(found, "," if match[1] == "comma" else ".")


def _no_date(found: Found, match: re.Match[str]) -> list[Edit]:
    """The formats that fit the texts; words that mean a missing date; the rest."""
    words = found.values.filter(~pl.col("value").str.contains(r"\d").fill_null(True))
    texts = found.values.join(words, on="value", how="anti", maintain_order="left")
    key = "time_format" if match[1] == "time" else "date"
    edits, left = [], int(texts["cells"].sum())
    for form, cells, others in fitting(texts):
        either = f" (`{'`, `'.join(others)}` fits as well, with other days: ask who wrote the file)" if others else ""
        edits.append(
            Edit(f"{cells:,} of {found.cells:,} cells fit the format `{form}`{either}: {_format_edit(found, key)}.", cells)
        )
        left -= cells
    if words.height:
        nulls = in_yaml(list(dict.fromkeys(["", *found.process.sources[found.source].nulls, *words["value"].head(12)])))
        edits.append(
            Edit(
                f"{quoted(words['value'])}: if it means a missing {match[1]}: `{found.place}.nulls: {nulls}`.",
                int(words["cells"].sum()),
            )
        )
    if left > 0:
        rest = (
            f"{left:,} cells fit no usual format"
            if left < found.cells
            else f"{quoted(texts['value'])}: no usual format fits"
        )
        edits.append(Edit(f"{rest}. Correct {the_cells(left)} in the file, or declare their format.", left))
    return edits


def _format_edit(found: Found, key: str) -> str:
    if key == "time_format":
        return f"write it as `{found.place}.time_format`, or correct the cells in the file"
    return f"write it as `date: {{format: …}}` at the column of {_attributes(found)}, or correct the cells in the file"


def _attributes(found: Found) -> str:
    return ", ".join(f"'{name}'" for name in found.read_as()) or "the attribute"


def _outside(found: Found, match: re.Match[str]) -> list[Edit]:
    """Values outside the possible range: another unit in which all are inside, or an error."""
    names = [*found.read_as()] or [name for name, one in found.process.attributes.items() if one.between is not None]
    fits = (
        [label for name in names for label in _units_that_fit(found, found.process.attributes[name])]
        if len(names) == 1
        else []
    )
    hint = (
        f" In `{fits[0]}` all are inside: if the file is in this unit, write `unit: {fits[0]}` at the column."
        if fits
        else ""
    )
    return [
        Edit(
            f"{quoted(found.values['value'])}:{hint} Correct typing errors in the file. Change `between` of "
            f"{_attributes(found)} only if such a value is possible.",
            found.cells,
        )
    ]


def _units_that_fit(found: Found, attribute: Attribute) -> list[str]:
    """Units in which every value is inside the possible range."""
    if attribute.between is None:
        return []
    decimal = found.process.sources[found.source].format.decimal
    values = found.values.select(number(pl.col("value").str.replace(r"^[<>≤≥]\s*", ""), decimal)).to_series().drop_nulls()
    low, high = (attribute.si.to_si(limit) for limit in attribute.between)
    written = {column.unit or attribute.unit for _, column in found.read_as().values()} or {attribute.unit}
    return [
        label
        for label in UNITS
        if label not in written
        and len(values)
        and _converts(label, attribute.unit)
        and (values * unit(label).factor + unit(label).offset).is_between(low, high).all()
    ]


def _converts(label: str, wanted: str) -> bool:
    try:
        return same_dimension(label, wanted)
    except ScalebridgeError:
        return False


def _test(found: Found, match: re.Match[str]) -> list[Edit]:
    source = found.process.sources[found.source]
    declared = source.names if isinstance(source, LongResults) else {}
    return _undeclared(found, "names", declared, "test", "an attribute")


def _material(found: Found, match: re.Match[str]) -> list[Edit]:
    source = found.process.sources[found.source]
    declared = dict(source.materials) if isinstance(source, GenealogyRows) else {}
    return _undeclared(
        found, "materials", {name: name for name in found.process.materials} | declared, "material", "a material"
    )


def _tag(found: Found, match: re.Match[str]) -> list[Edit]:
    source = found.process.sources[found.source]
    return _undeclared(found, "tags", source.tags if isinstance(source, TrajectoryRows) else {}, "tag", "an attribute")


def _undeclared(found: Found, key: str, declared: object, what: str, target: str) -> list[Edit]:
    """A test, material or tag that the definition does not name: add it, or leave it."""
    names = dict(declared)  # type: ignore[call-overload]
    texts = found.values["value"].drop_nulls()
    near = [(text, close) for text in texts.head(20) if (close := _nearest(str(text), list(names)))]
    edits = [
        f"`{short(text)}` is spelled nearly as {close}: add `{found.place}.{key}: "
        f"{in_yaml({str(text): names[close.strip(chr(39))]})}` if it is the same {what}."
        for text, close in near[:3]
    ]
    rest = (
        f"{quoted(texts)}: nothing is to be done for a {what} that is not used. To use it, name {target} for it in "
        f"`{found.place}.{key}`."
    )
    return [Edit(" ".join([*edits, rest]), found.cells)]


def _nearest(text: str, names: list[str]) -> str:
    return close_to(text, names).split(", '")[0] if names else ""


def _unknown_unit(found: Found, match: re.Match[str]) -> list[Edit]:
    return [
        Edit(
            f"The unit `{short(match[1])}` is not known, or measures something else than `{match[2]}`. Correct it in the file; or "
            f"change `unit` of the attribute, if the attribute is meant.",
            found.cells,
        )
    ]


def _missing(found: Found, match: re.Match[str]) -> list[Edit]:
    source = found.process.sources[found.source]
    if isinstance(source, LongResults) and found.column == source.value:
        return [
            Edit(
                "A result without a value is not used. If the value is known, write it in the file.",
                found.cells,
            )
        ]
    return [Edit("Write the missing value in the file. If the row is no record, remove it from the export.", found.cells)]


def _nameless(found: Found, match: re.Match[str]) -> list[Edit]:
    return [
        Edit(
            f"The row has no value of '{match[1]}'. If it is an empty row, a sum or a remark, nothing is to be done. If it is a "
            "record, write the value in the file.",
            found.cells,
        )
    ]


def _no_batch(found: Found, match: re.Match[str]) -> list[Edit]:
    """Rows of a batch that no batch file names."""
    texts = found.values["value"].drop_nulls()
    near = [(text, close) for text in texts.head(3) if (close := close_to(str(text), found.batches))]
    hints = [f"`{short(text)}` is spelled nearly as {close}." for text, close in near]
    rest = (
        f"No batch file names {quoted(texts)}. Add the batch to its file, or write the name as in that file. Nothing is to be "
        "done for batches that are not part of this history."
    )
    return [Edit(" ".join([*hints, rest]), found.cells)]


def _nothing(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Nothing is to be done: the other row is used.", found.cells)]


def _contradicts(found: Found, match: re.Match[str]) -> list[Edit]:
    source = found.process.sources[found.source]
    newest = (
        " If the file numbers its revisions, declare the column as `revision`." if isinstance(source, LongResults) else ""
    )
    return [
        Edit(f"Two rows have the same {match[1]} and other values. Keep the right one in the file.{newest}", found.cells)
    ]


def _derived(found: Found, match: re.Match[str]) -> list[Edit]:
    attribute = found.process.attributes.get(match[2])
    if attribute is not None and attribute.derive is not None:
        return [
            Edit(
                f"'{match[2]}' is derived from {', '.join(attribute.derive.of) or 'nothing'}: complete these in the file, or the "
                f"rule `attributes.{match[2]}.derive`.",
                found.cells,
            )
        ]
    files = [column for column in (attribute.column if attribute else ()) if column.source != found.source]
    other = f" It is read from source '{files[0].source}', column '{files[0].column}'." if files else ""
    return [Edit(f"Write the {match[1]} in the file, in each row.{other}", found.cells)]


def _not_positive(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit(f"{quoted(found.values['value'])}: correct the amount in the file.", found.cells)]


RULES: dict[str, Rule] = {
    r"not a number with a decimal (comma|point)": _no_number,
    r"not a (date|time) in the format": _no_date,
    r"outside the possible range": _outside,
    r"the test is not declared": _test,
    r"the material is not declared": _material,
    r"the tag is not declared": _tag,
    r"unit '(.*)' cannot be converted to '(.*)'": _unknown_unit,
    r"missing$": _missing,
    r"no value of (.+)": _nameless,
    r"no valid batch has this": _no_batch,
    r"(repeats|superseded|another source gives this)": _nothing,
    r"contradicts another row(?:: same (.+), other values)?": _contradicts,
    r"the (product|lineage|scale) \('(.+)'\) is missing": _derived,
    r"the amount is not above zero": _not_positive,
}
"""Beginning of a reason → rule. The first that matches is applied."""


def edits_of(found: Found, reason: str) -> tuple[Edit, ...]:
    """Return the edits for a reason. A reason without a rule of its own gets the general one: correct the file."""
    for pattern, rule in RULES.items():
        if (match := re.match(pattern, reason)) is not None:
            return tuple(rule(found, match))
    return (Edit(f"Correct {the_cells(found.cells)} in the file.", found.cells),)
