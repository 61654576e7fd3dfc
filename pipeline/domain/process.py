"""What a process is: its attributes with role, unit and horizon, its scale, its specifications and its operations."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.corrections import Correction
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.sources import Source, Sources
from pipeline.domain.strict import STRICT
from pipeline.domain.units import Unit, same_dimension, unit

Role = Literal["CPP", "CMA", "IPC", "CQA", "scale", "identifier", "context"]
Horizon = Literal["plan", "in_process", "release"]
HORIZONS: tuple[Horizon, ...] = ("plan", "in_process", "release")


def _known_unit(label: str) -> str:
    try:
        unit(label)
    except ScalebridgeError as error:
        raise ValueError(str(error)) from None
    return label


UnitName = Annotated[str, BeforeValidator(_known_unit)]


@dataclass(config=STRICT, frozen=True)
class DateFormat:
    """How a date is written."""

    format: str
    """As strftime: `%d.%m.%Y %H:%M`; a format without a day reads as the first of the month."""
    months: tuple[str, ...] = ()
    """Names of the twelve months, January first, where the files do not write them as numbers (then `%b` stands for one)."""

    @model_validator(mode="after")
    def _twelve(self) -> "DateFormat":
        if self.months and len(self.months) != 12:
            raise ValueError(f"months needs 12 names, January first; it has {len(self.months)}")
        return self


@dataclass(config=STRICT, frozen=True)
class Column:
    """Where an attribute is written: one column of one source. `laboratory.tbl_yield` is short for source and column."""

    source: str
    column: str
    unit: UnitName | None = None
    """Unit in that file, where it differs from the attribute's."""
    values: Mapping[str, str] = Field(default_factory=dict)
    """Texts to read as another: `{10M: "10"}`."""
    nulls: tuple[str, ...] = ()
    """Texts that mean missing in this column alone."""
    date: DateFormat | None = None


def _columns(given: Any) -> Any:
    """Let `column: source.name` stand for the long form."""
    entries = given if isinstance(given, list | tuple) else [given]
    return tuple(
        dict(zip(("source", "column"), entry.split(".", 1), strict=True))
        if isinstance(entry, str) and "." in entry
        else entry
        for entry in entries
    )


@dataclass(config=STRICT, frozen=True)
class Product:
    """The product of two or more attributes."""

    kind: Literal["product"]
    of: tuple[str, ...]


@dataclass(config=STRICT, frozen=True)
class Ratio:
    """The first attribute over the second."""

    kind: Literal["ratio"]
    of: tuple[str, str]


@dataclass(config=STRICT, frozen=True)
class Lookup:
    """A number (in the attribute's unit) for each text of another attribute."""

    kind: Literal["lookup"]
    of: tuple[str]
    values: Mapping[str, float]


@dataclass(config=STRICT, frozen=True)
class Constant:
    """The same text for every batch."""

    kind: Literal["constant"]
    value: str
    of: tuple[()] = ()


Derivation = Annotated[Product | Ratio | Lookup | Constant, Field(discriminator="kind")]


@dataclass(config=STRICT, frozen=True)
class Specification:
    """The limits that a quality attribute must meet, in the attribute's unit; given by the user, never invented."""

    lower: float | None = None
    upper: float | None = None
    note: str = ""
    """Where the limit comes from; an example must say that it is one."""

    @model_validator(mode="after")
    def _ordered(self) -> "Specification":
        if self.lower is None and self.upper is None:
            raise ValueError("a specification needs a lower or an upper limit")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise ValueError(f"the lower limit {self.lower} is not below the upper limit {self.upper}")
        return self


@dataclass(config=STRICT, frozen=True)
class Attribute:
    """One column of the history: what it is, when it is known, in which unit, and where it is written."""

    role: Role
    horizon: Horizon
    description: str
    unit: UnitName = ""
    kind: Literal["number", "text", "date"] = "number"
    column: Annotated[tuple[Column, ...], BeforeValidator(_columns)] = ()
    """Where it is written; several for several files, or several sites."""
    derive: Derivation | None = None
    between: tuple[float, float] | None = None
    """Physically possible range in `unit`; a value outside goes to quarantine."""
    reporting_limit: float | None = None
    """In `unit`: a result at or under it is censored, not measured."""
    specification: Specification | None = None
    look_alikes: tuple[str, ...] = ()
    """Attributes that hold this one under another name and may never help to predict it."""
    material: str | None = None
    """For a CMA: the material whose lots have this property."""

    @property
    def si(self) -> Unit:
        """The unit as a line to SI."""
        return unit(self.unit)


@dataclass(config=STRICT, frozen=True)
class Scale:
    """The batch size as a number: which attribute holds it, and along which line a scale-up happens."""

    attribute: str
    within: str | None = None
    """The attribute along which scale changes (for tablets the strength); the product where not given."""
    tolerance: float = 0.1
    """Scales closer than this share count as one level."""


@dataclass(config=STRICT, frozen=True)
class Material:
    """An input material and the attributes that together name one of its lots, where lots stand in the batch rows."""

    lot: tuple[str, ...] = ()
    """Empty where lots and genealogy are files of their own."""


@dataclass(config=STRICT, frozen=True)
class Operation:
    """A unit operation of the process: which of our attributes feed its inputs."""

    kind: Literal["bioreactor", "tablet_press", "coating"]
    inputs: Mapping[str, str]
    """Input of the operation → attribute of this process."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag that the operation's trajectory features name → trajectory attribute of this process."""


@dataclass(config=STRICT, frozen=True)
class Process:
    """The definition of how a family of products is made; composed from `conf/process/<name>.yaml`."""

    name: str
    title: str
    batch: str
    product: str
    scale: Scale
    sources: Sources
    attributes: Mapping[str, Attribute]
    site: str | None = None
    equipment: str | None = None
    started: str | None = None
    """The attribute with the start of the batch, for `forward_in_time`."""
    also_predict: tuple[str, ...] = ()
    """Attributes beside the CQAs that are predicted too, such as an in-process control."""
    materials: Mapping[str, Material] = Field(default_factory=dict)
    operations: Mapping[str, Operation] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted: every CQA, then `also_predict`."""
        cqas = tuple(name for name, attribute in self.attributes.items() if attribute.role == "CQA")
        return cqas + self.also_predict

    @property
    def lineage(self) -> str:
        """The attribute along which a scale-up happens."""
        return self.scale.within or self.product

    def derivations(self) -> list[str]:
        """Derived attributes, each after those that it is made from.

        Raises graphlib.CycleError where attributes are made from each other; such a process does not validate.
        """
        made = {name: attribute.derive.of for name, attribute in self.attributes.items() if attribute.derive}
        graph = {name: [part for part in parts if part in made] for name, parts in made.items()}
        return list(TopologicalSorter(graph).static_order())

    def written_in(self, source: str) -> dict[str, tuple[Attribute, Column]]:
        """Attributes that one source holds, with the column of each."""
        return {
            name: (attribute, column)
            for name, attribute in self.attributes.items()
            for column in attribute.column
            if column.source == source
        }

    def sources_that_give(self, table: str) -> dict[str, Source]:
        """Sources of one canonical table, by name."""
        return {name: source for name, source in self.sources.items() if source.gives == table}

    @model_validator(mode="after")
    def _consistent(self) -> "Process":
        if problems := list(_problems(self)):
            raise ValueError("; ".join(problems))
        return self


def _problems(process: Process) -> list[str]:
    """Everything in a definition that refers to something which is not there."""
    return [
        *_unknown_names(process),
        *_attribute_problems(process),
        *_source_problems(process),
        *_scale_problems(process),
        *_reserved(process),
        *_cycles(process),
    ]


def _references(process: Process) -> dict[str, tuple[str, ...]]:
    """Every place of a definition that names attributes, with the names."""
    attributes = process.attributes.items()
    return {
        "batch": (process.batch,),
        "product": (process.product,),
        "scale.attribute": (process.scale.attribute,),
        **{key: (name,) for key in ("site", "equipment", "started") if (name := getattr(process, key)) is not None},
        **({"scale.within": (process.scale.within,)} if process.scale.within else {}),
        "also_predict": process.also_predict,
        **{f"materials.{name}.lot": material.lot for name, material in process.materials.items()},
        **{f"operations.{name}.inputs": tuple(op.inputs.values()) for name, op in process.operations.items()},
        **{f"operations.{name}.tags": tuple(op.tags.values()) for name, op in process.operations.items()},
        **{f"sources.{name}.key": source.key for name, source in process.sources.items()},
        **{f"attributes.{name}.look_alikes": attribute.look_alikes for name, attribute in attributes},
        **{f"attributes.{name}.derive": tuple(a.derive.of) for name, a in attributes if a.derive},
        **{f"corrections[{i}]": rule.attributes() for i, rule in enumerate(process.corrections)},
    }


def _unknown_names(process: Process) -> list[str]:
    known = process.attributes.keys()
    return [
        f"{place} names '{name}', which is not among the attributes ({listed(sorted(known), 8)})"
        for place, names in _references(process).items()
        for name in names
        if name not in known
    ]


def _attribute_problems(process: Process) -> list[str]:
    problems = []
    named_in_results = {
        name for source in process.sources.values() if source.gives == "results" for name in source.names.values()
    }
    tags = {n for s in process.sources.values() if s.gives == "trajectories" for n in s.tags.values()}
    for name, attribute in process.attributes.items():
        if not attribute.column and attribute.derive is None and name not in named_in_results | tags:
            problems.append(f"{attribute.role} '{name}' has no column, no derivation and no test name in a results source")
        if attribute.role == "CQA" and attribute.kind != "number":
            problems.append(f"CQA '{name}' is of kind '{attribute.kind}'; a quality attribute must be a number")
        if attribute.material is not None and attribute.material not in process.materials:
            problems.append(f"'{name}' belongs to material '{attribute.material}'; declared are {listed(process.materials)}")
        for column in attribute.column:
            if column.source not in process.sources:
                problems.append(f"'{name}' is read from source '{column.source}'; declared are {listed(process.sources)}")
            if column.unit is not None and not same_dimension(column.unit, attribute.unit):
                problems.append(f"'{name}' is in {attribute.unit!r}, but its column in '{column.source}' in {column.unit!r}")
            if attribute.kind == "date" and column.date is None:
                problems.append(f"'{name}' is a date; its column in '{column.source}' needs a date format")
    return problems


def _source_problems(process: Process) -> list[str]:
    problems = [
        f"sources.{source} names the {what} '{name}', which is not among the {what}s ({listed(known, 8)})"
        for source, definition in process.sources.items()
        for what, names, known in definition.references(process.attributes, process.materials)
        for name in names
        if name not in known
    ]
    if not process.sources_that_give("batches"):
        problems.append("no source gives batches")
    return problems + _stated_twice(process)


def _stated_twice(process: Process) -> list[str]:
    """An attribute that two columns of one batch row would fill: which one counts is not for us to choose."""
    problems = [
        f"'{name}' has two columns in source '{column.source}'"
        for name, attribute in process.attributes.items()
        for i, column in enumerate(attribute.column)
        if column.source in {other.source for other in attribute.column[:i]}
    ]
    seen = {name: "the batch rows" for source in process.sources_that_give("batches") for name in process.written_in(source)}
    for source, definition in process.sources_that_give("details").items():
        written = [name for name in process.written_in(source) if name not in definition.key]
        problems += [
            f"'{name}' is written in {seen[name]} and again in '{source}', where it is not part of the key"
            for name in written
            if name in seen
        ]
        problems += [
            f"the key '{k}' of source '{source}' has no column there"
            for k in definition.key
            if k not in process.written_in(source)
        ]
        seen |= dict.fromkeys(written, f"'{source}'")
    return problems


_FIXED = {"batch_id", "product", "lineage", "scale", "site", "equipment", "started_at", "scale_level"}


def _reserved(process: Process) -> list[str]:
    """Names of fixed columns may be given to the attribute that fills the column, and to no other."""
    filled = {
        "product": process.product,
        "scale": process.scale.attribute,
        "site": process.site,
        "equipment": process.equipment,
        "lineage": process.lineage,
        "batch_id": process.batch,
        "started_at": process.started,
    }
    return [
        f"the attribute name '{name}' is a fixed column; choose another, or let '{name}:' of the process point to it"
        for name in process.attributes
        if name in _FIXED and filled.get(name) != name
    ]


def _cycles(process: Process) -> list[str]:
    try:
        process.derivations()
    except CycleError as error:
        return [f"attributes are derived from each other: {' from '.join(error.args[1])}"]
    return []


def _scale_problems(process: Process) -> list[str]:
    scale = process.attributes.get(process.scale.attribute)
    if scale is None or (scale.role == "scale" and scale.kind == "number"):
        return []
    return [f"scale.attribute '{process.scale.attribute}' must be a number of role 'scale', not {scale.role}"]
