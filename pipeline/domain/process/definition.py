"""The fields of a process definition: attributes, scale, sources, materials and operations."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.corrections import Correction
from pipeline.domain.display import in_words
from pipeline.domain.process.axes import Axes, Axis
from pipeline.domain.process.course import CourseRules
from pipeline.domain.process.parts import (
    LABORATORY,
    ONE_PRODUCT,
    ONE_SCALE,
    RESULT_LABORATORY,
    Grouping,
    Material,
    Operation,
    Scale,
    Step,
    lot_column,
)
from pipeline.domain.sources import Source, Sources
from pipeline.domain.strict_config import STRICT
from pipeline.domain.times.lag import Lag


@dataclass(config=STRICT, frozen=True)
class Definition:
    """The fields of a process definition. `Process` has the same fields and is checked for consistency."""

    name: str
    """Name of the process; its raw files lie in `data/raw/<name>/`."""
    title: str
    """Title in words, printed on the pages."""
    batch: str
    """Attribute that names a batch."""
    sources: Sources
    """Files of the history, by a name of your choice."""
    attributes: Mapping[str, Attribute]
    product: str = ONE_PRODUCT
    """Attribute that names the product. Without it, all batches are of one product, which has the name of the process."""
    scale: Scale = Field(default_factory=lambda: Scale(ONE_SCALE))
    """Without it, all batches have one scale, and no answer says anything about a scale-up."""
    site: str | None = None
    """Attribute that names the site."""
    equipment: str | None = None
    """Attribute that names the equipment."""
    axis: tuple[Axis, ...] | None = None
    """What a transfer of a product changes; one or several of `scale`, `site` and `device`. `scale`: the batch size. `site`:
    the site, at a batch size that the product ran at elsewhere. `device`: the device (`equipment`) at such a batch size, or
    the number of devices in parallel if `scale.counts_devices` is set. Past transfers along these axes are re-enacted. A
    question along `site` or `device` is compared with the batches of the product at its other sites or on its other devices.
    Without it, past transfers along `scale` and `site` are re-enacted, and every question is compared with a smaller batch
    size."""
    started: str | None = None
    """Attribute with the start of the batch, such as the inoculation. The protocols `forward_in_time` and `past_scale_ups` need it.
    If it has a time of day, series count from it, and what they record before it is left out."""
    ended: str | None = None
    """Attribute with the end of the batch, such as the harvest. What series record after it is left out."""
    available: str | None = None
    """Attribute with the date from which the results of a batch are known, such as its release. A source of results may have a
    date for each result instead. A date without a time of day counts from the end of its day."""
    result_lag: Lag | None = None
    """Time that the laboratory needs, such as `14 d`. Where a result has no date, it is known this long after the end of its batch,
    or after the start if no `ended` is declared. If nothing is declared, a result counts from the start of its batch."""
    also_predict: tuple[str, ...] = ()
    """Attributes that are predicted besides the CQAs, such as an in-process control."""
    materials: Mapping[str, Material] = Field(default_factory=dict)
    operations: Mapping[str, Operation] = Field(default_factory=dict)
    steps: Mapping[str, Step] = Field(default_factory=dict)
    """The steps in the order of manufacture, where they have batches of their own. A row of the history is a batch of the last
    step; what its earlier steps recorded is pooled over the batches that went into it. Without it, the process is one step."""
    groupings: Mapping[str, Grouping] = Field(default_factory=dict)
    """Text attribute, material (its lots form the groups), or `laboratory` (that of each result) → how models use the groups.
    Groupings may cross."""
    models_do_not_read: tuple[Literal["product", "log10_scale"], ...] = ()
    """Features that no model reads: `product`, the name of the product, and `log10_scale`, the logarithm of the batch size. Models
    read both by default. A product that is not read is still a grouping. The scale still decides the kind of question."""
    course: CourseRules = Field(default_factory=CourseRules)
    """What is known about the course of a batch: planned events, set-points over time, and how a running batch is told."""
    corrections: tuple[Correction, ...] = ()
    """Rules that correct known errors of an export, in the order in which they are applied."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Attributes that are predicted: every CQA, then `also_predict`."""
        cqas = tuple(name for name, attribute in self.attributes.items() if attribute.role == "CQA")
        return cqas + self.also_predict

    @property
    def states_product(self) -> bool:
        """Whether the definition says which attribute names the product."""
        return self.product != ONE_PRODUCT

    @property
    def states_scale(self) -> bool:
        """Whether the definition says which attribute holds the batch size."""
        return self.scale.attribute != ONE_SCALE

    @property
    def used_once(self) -> tuple[str, ...]:
        """Materials of which each lot is used in one batch."""
        return tuple(name for name, material in self.materials.items() if material.used_once)

    @property
    def states_laboratory(self) -> bool:
        """Whether a source says which laboratory measured each result."""
        return any(source.gives == "results" and source.laboratory is not None for source in self.sources.values())

    @property
    def stated_attributes(self) -> dict[str, Attribute]:
        """The attributes that the definition states: without those that complete a missing product or scale."""
        return {name: one for name, one in self.attributes.items() if name not in (ONE_PRODUCT, ONE_SCALE)}

    @property
    def lineage(self) -> str:
        """Attribute whose value stays the same in a scale-up."""
        return self.scale.within or self.product

    @property
    def axes(self) -> Axes:
        """Axes along which products are transferred."""
        return Axes(self.axis, self.scale.counts_devices)

    @property
    def grouping_columns(self) -> dict[str, Grouping]:
        """Column of the feature table → grouping. The lots of a material are in the column `<material>_lot`."""
        keys = {self.product: "product", self.site: "site", self.equipment: "equipment"}
        keys |= {LABORATORY: RESULT_LABORATORY} if self.states_laboratory else {}
        columns = {name: keys.get(name, name) for name in self.groupings} | {n: lot_column(n) for n in self.materials}
        return {columns[name]: one for name, one in self.groupings.items()}

    def display_name(self, attribute: str) -> str:
        """Name of an attribute as people write it."""
        return self.attributes[attribute].display or in_words(attribute)

    def derivations(self) -> list[str]:
        """Derived attributes, each after the attributes that it is computed from.

        Raises graphlib.CycleError if attributes are computed from each other. The validation of a process finds this.
        """
        made = {name: attribute.derive.of for name, attribute in self.attributes.items() if attribute.derive}
        graph = {name: [part for part in parts if part in made] for name, parts in made.items()}
        return list(TopologicalSorter(graph).static_order())

    def derived_from(self, name: str) -> tuple[str, ...]:
        """Attributes that an attribute is computed from, directly or through others; empty if it is not derived."""
        found: dict[str, None] = {}
        todo = [name]
        while todo:
            derived = self.attributes[todo.pop(0)].derive
            fresh = [part for part in (derived.of if derived else ()) if part not in found]
            found |= dict.fromkeys(fresh)
            todo += fresh
        return tuple(found)

    def written_in(self, source: str) -> dict[str, tuple[Attribute, SourceColumn]]:
        """Attributes that are read from one source, each with its column."""
        return {
            name: (attribute, column)
            for name, attribute in self.attributes.items()
            for column in attribute.column
            if column.source == source
        }

    def sources_that_give(self, table: str) -> dict[str, Source]:
        """Name → source, for the sources of one canonical table."""
        return {name: source for name, source in self.sources.items() if source.gives == table}
