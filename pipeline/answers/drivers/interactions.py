"""Effect of one standard deviation of each setting at both scales, which shows the settings with a larger effect at scale.

Other settings are held constant, and the quantities that depend on the setting are recomputed. This is partial dependence
(Friedman 2001, Ann. Stat. 29, 1189) over the batches of one product, so that it is an effect within the product.
"""

import numpy as np
import polars as pl

from pipeline.answers.drivers.spreads import spreads_of_settings
from pipeline.answers.limits import DriversConfig
from pipeline.answers.result.drivers import SettingEffect
from pipeline.answers.scale_comparison.hold import following, rebuilt
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import units_of
from pipeline.forecasting.outcome import QualityForecaster


def interactions(
    process: Process,
    forecaster: QualityForecaster,
    proposed: pl.DataFrame,
    reference: pl.DataFrame,
    rows: pl.DataFrame,
    config: DriversConfig,
) -> dict[str, tuple[SettingEffect, ...]]:
    """Return the effect of each setting at both scales per target, display units, largest first.

    proposed: 1 feature row; reference: the batches compared with; rows: all batches. They give the spread of each setting within
    product and scale (a ratio for a setting that is adapted to the vessel).
    """
    spreads = spreads_of_settings(process, reference.columns, rows)
    if not spreads:
        return dict.fromkeys(forecaster.targets, ())
    small, large = (_effects(process, forecaster, place, spreads) for place in (reference, proposed))
    return {
        target: _setting_effects(
            process, target, {name: (float(a), float(b)) for name, a, b in zip(spreads, *ends, strict=True)}, spreads, config
        )
        for target, *ends in zip(forecaster.targets, small.T, large.T, strict=True)
    }


def _effects(
    process: Process, forecaster: QualityForecaster, rows: pl.DataFrame, spreads: dict[str, tuple[float, bool]]
) -> FloatArray:
    """Return the change of each target from half a spread below to half a spread above, mean over rows, (settings, targets)."""
    shifted = [rows.with_columns(_shifted(name, sign, *spread)) for name, spread in spreads.items() for sign in (-1, 1)]
    moved = rebuilt(process, pl.concat(shifted), derived=following(process, rows))
    values = forecaster.mean(moved).select(forecaster.targets).to_numpy()
    by_side = values.reshape(len(spreads), 2, rows.height, -1).mean(axis=2)
    return np.asarray(by_side[:, 1] - by_side[:, 0])


def _shifted(name: str, sign: int, spread: float, relative: bool) -> pl.Expr:
    return pl.col(name) * np.exp(sign * spread / 2) if relative else pl.col(name) + sign * spread / 2


def _setting_effects(
    process: Process,
    target: str,
    effects: dict[str, tuple[float, float]],
    spreads: dict[str, tuple[float, bool]],
    config: DriversConfig,
) -> tuple[SettingEffect, ...]:
    target_unit, units = process.attributes[target].si, units_of(process)
    least = config.small_share * max(max(abs(x) for x in pair) for pair in effects.values())
    lines = []
    for name, (small, large) in effects.items():
        spread, relative = spreads[name]
        step, unit = (100 * spread, "%") if relative else (spread / units[name].factor, units[name].label)
        mark = _mark(small, large, least, config.notable_factor)
        lines.append(SettingEffect(name, step, unit, small / target_unit.factor, large / target_unit.factor, mark))
    return tuple(sorted(lines, key=lambda line: -max(abs(line.at_reference), abs(line.at_proposed))))


def _mark(small: float, large: float, least: float, factor: float) -> str:
    """Return how an effect differs between the scales; an empty text for small effects, whose ratio is noise."""
    if max(abs(small), abs(large)) <= least:
        return ""
    if small * large < 0 and min(abs(small), abs(large)) > least / 2:
        return "changes sign"
    if abs(large) >= factor * abs(small):
        return "more at the proposed scale"
    return "less at the proposed scale" if abs(small) >= factor * abs(large) else ""
