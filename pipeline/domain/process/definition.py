"""What a process is: its attributes, its scale, its sources, its materials and its operations."""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.corrections import Correction
from pipeline.domain.process.parts import Grouping, Material, Operation, Scale, lot_column
from pipeline.domain.sources import Source, Sources
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Definition:
    """The fields of a process definition. `Process` is the same, checked for consistency."""

    name: str
    """Name of the process; its raw files lie in `data/raw/<name>/`."""
    title: str
    """Title in words, printed on the pages."""
    batch: str
    """The attribute that names a batch."""
    product: str
    """The attribute that names the product."""
    scale: Scale
    sources: Sources
    """Files of the history, by a name of your choice."""
    attributes: Mapping[str, Attribute]
    site: str | None = None
    """The attribute that names the site."""
    equipment: str | None = None
    """The attribute that names the vessel or machine."""
    started: str | None = None
    """The attribute with the start of the batch, for `forward_in_time`."""
    also_predict: tuple[str, ...] = ()
    """Attributes beside the CQAs that are predicted too, such as an in-process control."""
    materials: Mapping[str, Material] = Field(default_factory=dict)
    operations: Mapping[str, Operation] = Field(default_factory=dict)
    groupings: Mapping[str, Grouping] = Field(default_factory=dict)
    """A text attribute, or a material, whose lots are meant: over these a model pools partially, crossing them."""
    corrections: tuple[Correction, ...] = ()
    """Rules that correct known errors of an export, in the order in which they are applied."""

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

    def written_in(self, source: str) -> dict[str, tuple[Attribute, SourceColumn]]:
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
