"""Which edits mend which reason. A rule makes the sentences from the texts of the cells."""

import re

from pipeline.domain.sources import LongResults
from pipeline.history.quality.date_edits import date_edits
from pipeline.history.quality.edits import Edit, Found, Rule, in_yaml, quoted, the_cells
from pipeline.history.quality.name_edits import (
    edits_of_batch,
    edits_of_material,
    edits_of_tag,
    edits_of_test,
    edits_of_unit,
    edits_of_unknown_unit,
)
from pipeline.history.quality.number_edits import number_edits
from pipeline.history.quality.range_edits import range_edits


def edits_of(found: Found, reason: str) -> tuple[Edit, ...]:
    """Return the edits for a reason. A reason without a rule of its own gets the general one: correct the file."""
    for pattern, rule in RULES.items():
        if (match := re.match(pattern, reason)) is not None:
            return tuple(rule(found, match))
    return (Edit(f"Correct {the_cells(found.cells)} in the file.", found.cells),)


def _no_number(found: Found, match: re.Match[str]) -> list[Edit]:
    return number_edits(found, "," if match[1] == "comma" else ".")


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
    text = (
        f"The row has no value of '{match[1]}'. If it is an empty row, a sum or a remark, nothing is to be done. If a blank cell "
        f"repeats the cell above it: `{found.place}.fill_down: [{found.column or match[1]}]`. If not, write the value in the file."
    )
    return [Edit(text, found.cells)]


def _replaced(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Nothing is to be done: the other row is used.", found.cells)]


def _as_declared(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Nothing is to be done, if this is what the definition should say.", found.cells)]


def _bad_quality(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        "Nothing is to be done, if the historian marks these records as bad. If they are good: add "
        f"`{match[1]}` to `{found.place}.quality.good`."
    )
    return [Edit(text, found.cells)]


def _in_no_batch(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        "Nothing is to be done for what the vessel recorded between batches. If a batch was there: correct its vessel, its start "
        "or its end in the batch records."
    )
    return [Edit(text, found.cells)]


def _blank_line(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Nothing is to be done: the line holds no values.", found.cells)]


def _outside(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        "Nothing is to be done: what the vessel recorded before or after the process is not the process. If the dates of the batch "
        f"are wrong, correct them. To use the whole series: `{found.place}.window: whole`."
    )
    return [Edit(text, found.cells)]


def _back(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        "Nothing is to be done, if these rows are of another batch. If they are of their own batch, and the file only has another "
        f"order: leave out `{found.place}.in_order`."
    )
    return [Edit(text, found.cells)]


def _counted(found: Found, match: re.Match[str]) -> list[Edit]:
    shown = quoted(found.values["value"])
    text = f"{shown}: correct `{found.place}.time_format`, if all times are so. If not, correct these cells in the file."
    return [Edit(text, found.cells)]


def _revisions(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        "Write the revisions as numbers, or as letters, in the file. If the last row is the newest: leave out "
        f"`{found.place}.revision`, and write `{found.place}.replicates: last`."
    )
    return [Edit(text, found.cells)]


def _given_back(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Nothing is to be done, if the batch gave the whole amount back.", found.cells)]


def _other_amount(found: Found, match: re.Match[str]) -> list[Edit]:
    mend = {
        "cannot be read": "Mend the amount that cannot be read",
        "cannot be used": "Mend or remove the transfer that cannot be used",
        "has no lot": "Write the lot of the amount that has none",
    }
    return [Edit(f"{mend[match.group(1)]}: then these are read as well.", found.cells)]


def _left_out(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Nothing is to be done. Without its entry in conf/left_out/, these are read as well.", found.cells)]


def _unit_of_amount(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Write a unit such as g, kg or L beside each amount in the file.", found.cells)]


def _ragged(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        "Correct the line in the file: compare it with the lines around it. If many lines are so, the `separator` or "
        f"the `quote` of `{found.place}.format` is wrong."
    )
    return [Edit(text, found.cells)]


def _percentage(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        f'The workbook shows a percentage. If it is one, write `unit: "%"` for {found.attributes}; if not, change the format of '
        f"{the_cells(found.cells)} in the workbook."
    )
    return [Edit(text, found.cells)]


def _typed_cell(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit(f"Enter {the_cells(found.cells)} of the workbook again, as what the column should hold.", found.cells)]


def _formula(found: Found, match: re.Match[str]) -> list[Edit]:
    return [
        Edit(
            "Saved by Excel, each formula has its value. If the row is no batch, such as a mean below the table, declare "
            f"`{found.place}.format.footer`.",
            found.cells,
        )
    ]


def _clock(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit("Export the times in UTC, or with their offset such as +01:00.", found.cells)]


def _contradicts(found: Found, match: re.Match[str]) -> list[Edit]:
    source, more = found.process.sources[found.source], ""
    if isinstance(source, LongResults):
        more = (
            " If the file numbers its revisions, declare the column as `revision`. If they are replicates or attempts, write "
            f"`{found.place}.replicates: mean` or `last`."
        )
    return [Edit(f"Keep the right row of each {match[1]} in the file.{more}", found.cells)]


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
    if files and found.column == match[2]:
        place = f"column '{files[0].column}' of source '{files[0].source}'"
        return [Edit(f"The {match[1]} is read from {place}: complete it there.", found.cells)]
    blank = found.values["value"].drop_nulls().is_empty()
    down = (
        f" If a blank cell repeats the cell above it: `{found.place}.fill_down: {in_yaml([found.column])}`." if blank else ""
    )
    return [Edit(f"Write the {match[1]} in the file, in each row.{down}", found.cells)]


def _untraced(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        f"No transfer that can be used leads to {quoted(found.values['value'])}. Mend or add the transfers to "
        f"{'it' if found.values['value'].n_unique() == 1 else 'them'} in the source of transfers. "
        "Where rows of it are set aside, the quarantine says why."
    )
    return [Edit(text, found.cells)]


def _not_positive(found: Found, match: re.Match[str]) -> list[Edit]:
    return [Edit(f"{quoted(found.values['value'])}: correct the amount in the file.", found.cells)]


def _without_logarithm(found: Found, match: re.Match[str]) -> list[Edit]:
    text = (
        f"{quoted(found.values['value'])}: the batches are used, and '{match[1]}' is missing in them. Where the value is wrong, "
        "correct it in the file."
    )
    return [Edit(text, found.cells)]


RULES: dict[str, Rule] = {
    r"not a number with a decimal (comma|point)": _no_number,
    r"not a (date|time) in (?:the format|one of the formats)": date_edits,
    r"filtered out by `rows`": _as_declared,
    r"the line is blank|the (?:line|row) repeats the header": _blank_line,
    r"before the start|after the end": _outside,
    r"the time goes back": _back,
    r"the line has|text follows a closing quotation mark": _ragged,
    r"a percentage, in a column of the unit": _percentage,
    r"a formula without a stored value": _formula,
    r"a (?:date|duration|percentage|clock time|number|yes/no)|an error value|merged with": _typed_cell,
    r"this time (?:occurs twice|does not exist)": _clock,
    r"outside the possible range": range_edits,
    r"the test is not declared": edits_of_test,
    r"the material is not declared": edits_of_material,
    r"the tag is not declared": edits_of_tag,
    r"Unit '.*' is not known: (.*)": edits_of_unknown_unit,
    r"[Uu]nit '(.*?)' .*?'(.*?)'": edits_of_unit,
    r"(?:as a )?(?:not a )?number of \S+ since 1970|not an elapsed|not a number of elapsed|the elapsed time is longer": _counted,
    r"missing$": _missing,
    r"no value of (.+)": _nameless,
    r"no valid batch has this": edits_of_batch,
    r"the record has the quality code '(.*)'": _bad_quality,
    r"no batch was in '|two batches were in '": _in_no_batch,
    r"repeats|superseded|replaced by a newer version|another source gives this|a later result": _replaced,
    r"revisions that cannot be compared|a revision with a fraction": _revisions,
    r"the amounts (?:of this lot|that this batch took) .* add up to zero": _given_back,
    r"the shares are not known: .+ (cannot be read|cannot be used|has no lot)": _other_amount,
    r"the batch that (?:gave|took), '.+', is left out on purpose": _left_out,
    r"the amount has no unit|unit '.*' is not known": _unit_of_amount,
    r"contradicts another row(?:: same (.+), other values)?": _contradicts,
    r"the (product|lineage|scale) \('(.+)'\) is missing": _derived,
    r"the (product|lineage|scale) \('(.+)'\) is not known: not all material": _untraced,
    r"the amount is not above zero": _not_positive,
    r"'(.+)' is log10 of": _without_logarithm,
}
"""Beginning of a reason → rule. The first that matches is applied."""
