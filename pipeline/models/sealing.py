"""Models without their training rows and without names that others must not see. They predict what they predicted before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.kinds import TrainingExtent
from pipeline.models.base import FittedModel
from pipeline.models.baselines import FittedCarryOver, FittedGlobalMean
from pipeline.models.blend.model import FittedMember, FittedSuperLearner
from pipeline.models.encoding import StandardEncoding
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.hierarchical.sealed import sealed
from pipeline.models.intermediates import FittedIntermediates
from pipeline.models.residual_boosting import FittedBoosted
from pipeline.models.ridge import FittedRidge
from pipeline.models.trees.extra_trees import FittedExtraTrees
from pipeline.models.trees.lightgbm import FittedLightGBM


@dataclass(frozen=True)
class KeptNames:
    """The names that a sealed model may know."""

    of_column: Mapping[str, Collection[str]]
    """Column of the feature table that holds names → the names that are kept. The levels of other columns are all kept."""

    def keep(self, column: str, level: str) -> bool:
        """Tell whether a level of a column is kept."""
        return column not in self.of_column or level in self.of_column[column]

    def without_names(self, categories: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Return the categories of each column, in their order, with a number in place of each name that is not kept."""
        return {
            column: [level if self.keep(column, level) else f"other {number}" for number, level in enumerate(levels, 1)]
            for column, levels in categories.items()
        }


def seal(model: FittedModel, names: KeptNames) -> FittedModel:
    """Return a model without training rows that predicts rows of kept levels as before.

    A row of another level is predicted as one of an unknown level. Raises ScalebridgeError for a model that rests on its training
    rows: a smooth surface, or a model of spectra.
    """
    match model:
        case FittedSuperLearner():
            return _blend(model, names)
        case FittedRidge():
            return replace(model, encoding=_encoding(model.encoding, names))
        case _:
            return _Sealing(names, None).member(model)  # type: ignore[arg-type]


def seal_extent(extent: TrainingExtent, names: KeptNames) -> TrainingExtent:
    """Return a training extent that knows kept names alone. Ranges and the largest scale stay."""
    largest = {name: scale for name, scale in extent.largest_of_lineage.items() if names.keep("lineage", name)}
    levels = {
        column: tuple(level for level in known if names.keep(column, level)) for column, known in extent.levels.items()
    }
    at, on = (
        {place: tuple(one for one in known if names.keep("lineage", one)) for place, known in lineages.items()}
        for lineages in (extent.lineages_at, extent.lineages_on)
    )
    return replace(
        extent,
        products=tuple(name for name in extent.products if names.keep("product", name)),
        largest_of_lineage=largest,
        levels=levels,
        lineages_at={site: known for site, known in at.items() if known},
        lineages_on={device: known for device, known in on.items() if known},
    )


def _blend(model: FittedSuperLearner, names: KeptNames) -> FittedSuperLearner:
    sealing = _Sealing(names, model.spread_model)
    return FittedSuperLearner(
        tuple(sealing.member(member) for member in model.members),
        model.weights,
        seal_extent(model.extent, names),
        None if model.spread_model is None else sealing.hierarchical(model.spread_model),
    )


class _Sealing:
    """Seals the members of a blend. A model that several members contain is sealed once."""

    def __init__(self, names: KeptNames, spread_model: FittedHierarchical | None) -> None:
        self.names, self.spread_model = names, spread_model
        self.done: dict[int, FittedHierarchical] = {}

    def hierarchical(self, model: FittedHierarchical) -> FittedHierarchical:
        """Return a sealed hierarchical model. One that gives no spread of a blend needs much less space."""
        if id(model) not in self.done:
            spread = self.spread_model is None or model is self.spread_model
            self.done[id(model)] = sealed(model, self.names.keep, spread=spread)
        return self.done[id(model)]

    def member(self, model: FittedMember) -> FittedMember:
        """Return a sealed member."""
        match model:
            case FittedHierarchical():
                return self.hierarchical(model)
            case FittedGlobalMean():
                return model
            case FittedCarryOver():
                return FittedCarryOver(
                    {name: mean for name, mean in model.products.items() if self.names.keep("product", name)},
                    {name: mean for name, mean in model.lineages.items() if self.names.keep("lineage", name)},
                    model.mean,
                )
            case FittedIntermediates():
                first = tuple(self.hierarchical(one) for one in model.first)
                return replace(model, first=first, second=self.hierarchical(model.second))
            case FittedBoosted():
                return replace(model, base=self.hierarchical(model.base), trees=_trees(model.trees, self.names))
            case FittedLightGBM():
                return _trees(model, self.names)
            case FittedExtraTrees():
                return replace(model, encoding=_encoding(model.encoding, self.names))
            case _:
                raise ScalebridgeError(
                    f"A model of the kind '{model.kind}' rests on its training rows, so it cannot be exported without them. Choose "
                    "`model` in params.yaml without this member, and run `dvc repro`"
                )


def _trees(model: FittedLightGBM, names: KeptNames) -> FittedLightGBM:
    apart = None if model.of_new_products is None else _trees(model.of_new_products, names)
    return replace(model, categories=names.without_names(model.categories), of_new_products=apart)


def _encoding(encoding: StandardEncoding, names: KeptNames) -> StandardEncoding:
    return replace(encoding, categories=names.without_names(encoding.categories))
