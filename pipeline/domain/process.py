"""What a process is: its attributes, its scale, its sources, its materials and its operations."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.attributes import Attribute, Column
from pipeline.domain.consistency import problems
from pipeline.domain.corrections import Correction
from pipeline.domain.sources import Source, Sources
from pipeline.domain.strict import STRICT


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
class Grouping:
    """Batches that share a level of this (a site, a vessel, a lot) share what it does to them."""

    unseen: Literal["predict", "refuse"] = "predict"
    """What to do for a level that history does not hold: predict with a wider interval, or answer that it cannot be known."""


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
    groupings: Mapping[str, Grouping] = Field(default_factory=dict)
    """A text attribute, or a material, whose lots are meant: over these a model pools partially, crossing them."""
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

    @property
    def grouping_columns(self) -> dict[str, Grouping]:
        """Column of the feature table → grouping; the lots of a material stand in `<material>_lot`."""
        keys = {self.product: "product", self.site: "site", self.equipment: "equipment"}
        columns = {name: keys.get(name, name) for name in self.groupings} | {n: lot_column(n) for n in self.materials}
        return {columns[name]: one for name, one in self.groupings.items()}

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
        if found := problems(self):
            raise ValueError("; ".join(found))
        return self


def lot_column(material: str) -> str:
    """Column of the feature table that names the lot of a material."""
    return f"{material}_lot"
