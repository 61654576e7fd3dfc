"""Draw docs/pictures/trajectories_by_scale.png: the courses of the default virtual plant at each scale, with published ranges.

python docs/pictures/trajectories_by_scale.py
"""

from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from matplotlib.axes import Axes

from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.build import plan
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.dynamics import simulate
from pipeline.simulators.virtual_plant.environment import environment


@dataclass(frozen=True)
class Panel:
    """One quantity, and the range that is published for its peak or end at 2,000 to 15,000 L."""

    name: str
    label: str
    low: float
    high: float
    days: tuple[float, float]
    """When the published range holds."""


PANELS = (
    Panel("viable", "viable cells [10⁶/mL]", 8, 25, (8, 11)),
    Panel("viability", "viability [%]", 60, 95, (12, 14)),
    Panel("titre", "titre [g/L]", 1, 9, (12, 14)),
    Panel("lactate", "lactate [mmol/L]", 10, 45, (4, 8)),
    Panel("ammonia", "ammonia [mmol/L]", 2, 12, (12, 14)),
    Panel("co2", "pCO₂ [mmHg]", 60, 180, (8, 14)),
    Panel("osmolality", "osmolality [mOsm/kg]", 330, 450, (11, 14)),
    Panel("base", "base added [mmol/L]", np.nan, np.nan, (0, 0)),
    Panel("oxygen_in_gas", "oxygen in the gas [%]", np.nan, np.nan, (0, 0)),
)
SHADES = ("#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#000000")


def courses(days: np.ndarray) -> tuple[pl.DataFrame, dict[str, np.ndarray]]:
    """The default plant's batches, and their courses as (days, batches)."""
    rows = plan(PlantConfig())[0]
    culture, kept = culture_of(rows), {panel.name: [] for panel in PANELS}

    def record(hour: float, values: np.ndarray) -> None:
        state = states.of(values)
        meets = environment(culture, state, hour)
        now = {
            "viable": state.viable,
            "viability": 100 * state.viable / (state.viable + state.dead),
            "titre": state.product,
            "lactate": state.lactate,
            "ammonia": state.ammonia,
            "co2": meets.co2,
            "osmolality": meets.osmolality,
            "base": state.base * state.volume,
            "oxygen_in_gas": 100 * meets.oxygen_in_gas,
        }
        for name, value in now.items():
            kept[name].append(np.where(hour < culture.end, value, np.nan))

    simulate(culture, 24 * days, record)
    return rows, {name: np.stack(values) for name, values in kept.items()}


def draw(axes: Axes, panel: Panel, days: np.ndarray, rows: pl.DataFrame, values: np.ndarray) -> None:
    """The median of each scale, and the middle 80 % of the largest."""
    scales = rows["working_volume"].unique().sort()
    if panel.high > 0:
        axes.fill_between(panel.days, panel.low, panel.high, color="#f0e0b0", zorder=0)
    for scale, colour in zip(scales, SHADES, strict=True):
        of_scale = values[:, (rows["working_volume"] == scale).to_numpy()]
        enough = np.isfinite(of_scale).mean(axis=1) > 0.85
        axes.plot(days[enough], np.nanmedian(of_scale[enough], axis=1), color=colour, lw=1.6, label=f"{1000 * scale:,g} L")
        if scale == scales[-1]:
            band = np.nanquantile(of_scale[enough], [0.1, 0.9], axis=1)
            axes.fill_between(days[enough], *band, color="#000000", alpha=0.12, lw=0)
    axes.set_title(panel.label, loc="left", fontsize=9)
    axes.set_xlabel("day", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Draw and save."""
    days = np.arange(0, 14.01, 0.125)
    rows, values = courses(days)
    figure, grid = plt.subplots(3, 3, figsize=(10, 8), layout="constrained")
    for axes, panel in zip(grid.flat, PANELS, strict=True):
        draw(axes, panel, days, rows, values[panel.name])
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=6, fontsize=9, frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
