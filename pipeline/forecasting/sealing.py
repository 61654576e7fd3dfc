"""Trained models without their training rows, and without the names of others."""

from dataclasses import replace

from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.models.hierarchical.sealed import sealed
from pipeline.models.sealing import KeptNames, seal, seal_extent


def seal_trained(model: TrainedModel, names: KeptNames) -> TrainedModel:
    """Return trained models that predict rows of kept names as before, and hold no training row.

    Raises ScalebridgeError if a model of a target rests on its training rows.
    """
    finals = {target: _sealed(final, names) for target, final in model.finals.items()}
    return replace(model, finals=finals, products=tuple(name for name in model.products if names.keep("product", name)))


def _sealed(final: CalibratedModel, names: KeptNames) -> CalibratedModel:
    """Return a calibrated model without rows. Its past errors stay, in groups that have numbers for names."""
    calibrations = {}
    for kind, one in final.calibrations.items():
        numbers = {group: f"group {number}" for number, group in enumerate(dict.fromkeys(one.groups), 1)}
        calibrations[kind] = replace(one, groups=tuple(numbers[group] for group in one.groups))
    companion = final.companion and sealed(final.companion, names.keep, spread=True)
    return replace(
        final,
        model=seal(final.model, names),
        extent=seal_extent(final.extent, names),
        calibrations=calibrations,
        companion=companion,
    )
