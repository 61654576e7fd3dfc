"""Draft a proposal for a product, a scale and a vessel: each set-point comes from the batches of history that it follows.

A temperature is usual for a product, and a stirrer speed for a vessel: `setting_history` tells which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipeline.answers.case.proposed_batch import equipment_properties
from pipeline.answers.case.settable import fields_of
from pipeline.answers.case.setting_history import EQUIPMENT, LEVEL, PRODUCT, Place, SettingHistory
from pipeline.answers.scale_comparison.held_settings import HeldSetting
from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.display import noun, shown, span, with_unit
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.names.shown import plain_text
from pipeline.domain.process.process import Process
from pipeline.domain.reading.yaml_text import as_yaml
from pipeline.domain.scale import same_scale
from pipeline.domain.units import quantity

DIGITS = 4
COLUMN = 40
"""Column at which comments begin."""


@dataclass(frozen=True)
class Asked:
    """What a draft is for. A process that states no product or no scale has none of it."""

    product: str = ""
    scale: str = ""
    equipment: str | None = None


@dataclass(frozen=True)
class DraftedSetting:
    """A set-point of a draft: its value as a proposal states it, None where it must be stated, and where it comes from."""

    name: str
    value: str | float | None
    source: str


def draft(process: Process, batches: pl.DataFrame, asked: Asked, held: Mapping[str, HeldSetting] | None = None) -> str:
    """Return a proposal as text in YAML, with a comment on each set-point.

    batches: of history, SI; held: set-points that hold a quantity, which take the place of those of history. Raises
    ScalebridgeError for a missing or unneeded product or scale, and for equipment that history does not know.
    """
    _check(process, batches, asked)
    history = SettingHistory(process, batches)
    asked, chosen = _with_vessel(process, history, asked)
    head = {"name": _title(process, asked), "process": process.name, "product": asked.product, "scale": asked.scale}
    settings = [_held(process, one, held or {}) for one in _settings(process, history, asked)]
    lines = [
        "# Set-points come from history; each comment says from which batches. Change what you plan differently.",
        as_yaml({key: value for key, value in head.items() if value}).rstrip("\n"),
        "# question: what is to be decided? It is printed above the answer",
        *_of_new_product(process, batches, asked),
        *_places(process, history.levels, asked, chosen),
        *(["settings:"] if any(one.value is not None for one in settings) else []),
        *map(_line, settings),
        _commented("unstated: as_reference", "lots and controls are as in the reference batches; the answer lists them"),
    ]
    return "\n".join(lines) + "\n"


def drafted_settings(process: Process, batches: pl.DataFrame, asked: Asked) -> tuple[DraftedSetting, ...]:
    """Return the set-points of a draft, each with the batches that it comes from.

    batches: of history, SI. Raises ScalebridgeError as `draft` does.
    """
    _check(process, batches, asked)
    history = SettingHistory(process, batches)
    return tuple(_settings(process, history, _with_vessel(process, history, asked)[0]))


def _check(process: Process, batches: pl.DataFrame, asked: Asked) -> None:
    stated = {"product": (asked.product, process.states_product), "scale": (asked.scale, process.states_scale)}
    for option, (given, states) in stated.items():
        if states and not given:
            there = (
                f"; products in history are {listed(batches['product'].unique().sort(), 12)}" if option == "product" else ""
            )
            raise ScalebridgeError(f"A proposal about process '{process.name}' needs a {option}: give --{option}{there}")
        if given and not states:
            raise ScalebridgeError(f"Process '{process.name}' states no `{option}`: leave --{option} out")
    if process.states_scale and not quantity(asked.scale, process.attributes[process.scale.attribute].unit) > 0:
        raise ScalebridgeError(f"The scale {asked.scale} must be above zero")
    known = batches[EQUIPMENT].drop_nulls().unique().sort()
    if asked.equipment is not None and asked.equipment not in known:
        raise ScalebridgeError(
            f"No batch was made on equipment '{asked.equipment}', so its set-points are not known; available: "
            f"{listed(known, 30)}. For a new one leave --equipment out, and give its properties in `settings`"
        )


def _title(process: Process, asked: Asked) -> str:
    product = asked.product or process.name
    if not process.states_scale:
        return product
    attribute = process.attributes[process.scale.attribute]
    return f"{product} to {shown(quantity(asked.scale, attribute.unit), attribute.si)}"


def _with_vessel(process: Process, history: SettingHistory, asked: Asked) -> tuple[Asked, str]:
    """Return the question with the vessel that is used most at its scale if it names none, and why this one."""
    if asked.equipment is not None or process.equipment is None:
        return asked, ""
    scale = 1.0 if not process.states_scale else quantity(asked.scale, process.attributes[process.scale.attribute].unit)
    found = history.vessels(Place(asked.product, scale), None)
    if not found:
        return asked, ""
    (name, count), others = found[0], [other for other, _ in found[1:]]
    ran = f"ran {count} of {sum(n for _, n in found)} batches" + (" at this scale" if process.states_scale else "")
    return replace(asked, equipment=name), ran + (f"; others are {listed(others, 12)}" if others else "")


def _of_new_product(process: Process, batches: pl.DataFrame, asked: Asked) -> list[str]:
    """Return the line that says that history does not hold the product."""
    if not process.states_product or asked.product in batches[PRODUCT]:
        return []
    known = listed(batches[PRODUCT].unique().sort(), 12)
    return [_one_line(f"# {asked.product} is a new product: history holds {known}")]


def _places(process: Process, levels: pl.DataFrame, asked: Asked, chosen: str) -> list[str]:
    """Return the lines of the equipment and the site. chosen: why this equipment, if the question names none."""
    if process.equipment is None:
        return []
    if asked.equipment is None:
        return ["# equipment: no batch ran at this scale"]
    named = as_yaml({"equipment": asked.equipment}).rstrip("\n")
    lines = [_commented(named, chosen) if chosen else named]
    sites = levels.filter(pl.col(EQUIPMENT) == asked.equipment)["site"].drop_nulls()
    if process.site is not None and len(sites):
        most = str(sites.mode().sort()[0])
        number = f"{int((sites == most).sum())} of {len(sites)} batches in {asked.equipment}"
        lines.append(_commented(as_yaml({"site": most}).rstrip("\n"), number))
    return lines


def _settings(process: Process, history: SettingHistory, asked: Asked) -> list[DraftedSetting]:
    """Return the set-points and texts that a plan states. Known equipment brings its properties, so these are not stated."""
    fields = fields_of(process)
    of_vessel = set(equipment_properties(process))
    names = [
        name
        for name in batch_attributes(process)
        if name not in fields
        and name in history.batches.columns
        and process.attributes[name].role in ("CPP", "context")
        and process.attributes[name].horizon == "plan"
        and process.attributes[name].derive is None
        and process.attributes[name].kind != "spectrum"
        and history.batches[name].count()
    ]
    found = [_drafted(process, history, asked, name) for name in names if name not in of_vessel]
    if asked.equipment is None:
        property_of = "a property of the vessel: state it, or name known `equipment`"
        found += [DraftedSetting(name, None, property_of) for name in names if name in of_vessel]
    return found


def _held(process: Process, setting: DraftedSetting, held: Mapping[str, HeldSetting]) -> DraftedSetting:
    """Return the set-point that holds a quantity in place of the one of history, which the comment still names."""
    if setting.name not in held:
        return setting
    found, attribute = held[setting.name], process.attributes[setting.name]
    source = found.why if setting.value is None else f"{found.why}; history: {setting.value}, {setting.source}"
    return DraftedSetting(setting.name, _stated(attribute.si.from_si(found.value), attribute), source)


def _drafted(process: Process, history: SettingHistory, asked: Asked, name: str) -> DraftedSetting:
    """Return a set-point as the nearest batches ran it: those of the product in this place, else those of what it follows."""
    attribute, known = process.attributes[name], history.levels.filter(pl.col(name).is_not_null())
    of_product = known.filter(pl.col(PRODUCT) == asked.product) if process.states_product else known
    places = [("at this scale", _at_scale(process, known, asked))]
    if asked.equipment is not None:
        places.insert(0, (f"in {asked.equipment}", known.filter(pl.col(EQUIPMENT) == asked.equipment)))
    where, of_place = places[0]
    own = of_product.join(of_place, on="batch_id", how="semi")
    if own.height and process.states_product:
        return _from(name, attribute, own, f"of {asked.product} {where}")
    if not history.follows_place(name):
        if not process.states_product:
            return _from(name, attribute, known, "of history")
        if of_product.height:
            return _from(name, attribute, of_product, f"of {asked.product}")
        return _from(name, attribute, known, "of all products")
    for where, of_place in places:
        if of_place.height:
            return _from(name, attribute, of_place, where)
    return DraftedSetting(name, None, "it follows the vessel or the batch size, and no batch ran at this scale: state it")


def _at_scale(process: Process, levels: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    if not process.states_scale:
        return levels
    wanted = quantity(asked.scale, process.attributes[process.scale.attribute].unit)
    return levels.filter(same_scale(pl.col(LEVEL), wanted, process.scale.tolerance))


def _from(name: str, attribute: Attribute, batches: pl.DataFrame, of: str) -> DraftedSetting:
    """Return the median, or the most frequent text, of batches, with their number and range."""
    known = batches[name].drop_nulls()
    number = f"{len(known)} {noun(len(known), 'batch')} {of}"
    if attribute.kind == "text":
        most = str(known.mode().sort()[0])
        return DraftedSetting(name, most, f"{int((known == most).sum())} of {number}")
    low, middle, high = (attribute.si.from_si(float(x)) for x in (known.min(), known.median(), known.max()))  # type: ignore[arg-type]
    ran = f", {with_unit(span(low, high), attribute.unit)}" if high > low else ""
    return DraftedSetting(name, _stated(middle, attribute), f"median of {number}{ran}" if len(known) > 1 else number)


def _stated(value: float, attribute: Attribute) -> str | float:
    """Return a value in the unit of its attribute, as a proposal states it."""
    rounded = float(f"{value:.{DIGITS}g}")
    if attribute.si.dimension == "dimensionless" and attribute.unit != "%":
        return int(rounded) if rounded.is_integer() else rounded
    return f"{rounded:.10g} {attribute.unit}"


def _line(setting: DraftedSetting) -> str:
    if setting.value is None:
        return f"  # {setting.name}: {setting.source}"
    return _commented("  " + as_yaml({setting.name: setting.value}).rstrip("\n"), setting.source)


def _commented(text: str, comment: str) -> str:
    return f"{text:<{COLUMN}}{_one_line(f'# {comment}')}"


def _one_line(comment: str) -> str:
    """Return a comment without line ends. A name of the plant may hold some, and what follows would be read as a setting."""
    return plain_text(" ".join(comment.split()))
