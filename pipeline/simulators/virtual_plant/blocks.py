"""Blocks of batches that are simulated together: what their sensors and samples show, and the records of each site."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import IntArray
from pipeline.simulators.arrays import Array
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.culture import Culture, culture_of
from pipeline.simulators.virtual_plant.dynamics import simulate
from pipeline.simulators.virtual_plant.environment import Environment, environment
from pipeline.simulators.virtual_plant.faults import onsets
from pipeline.simulators.virtual_plant.further_tags import FURTHER, OFFLINE, further_sensed, offline_measured
from pipeline.simulators.virtual_plant.historian import LOST, SENSORS, Recording, existing, recorded, sensed
from pipeline.simulators.virtual_plant.quality import harvest_quality
from pipeline.simulators.virtual_plant.samples import EVERY, sampled
from pipeline.simulators.virtual_plant.states import State

BLOCK, BLOCK_MINUTES = 256, 10
"""Number of batches that are simulated together, and minutes between records below which there are fewer, so that memory does not
grow with the number of records."""
TOGETHER = 64
"""Number of hours whose environments are computed together."""


@dataclass(frozen=True)
class SimulatedBlock:
    """Simulated batches: their rows, quality at harvest, sensor values and daily samples."""

    rows: pl.DataFrame
    end: Array
    """Hour of the harvest of each batch."""
    quality: pl.DataFrame
    hours: Array
    """Hours of the sensor values."""
    sensors: Mapping[str, Array]
    """Tag → (times, batches)."""
    sample_hours: Array
    """Hours of the daily samples."""
    analyses: Mapping[str, Array]
    """Column of the samples → (times, batches)."""
    offline: Mapping[str, Array]
    """Tag that the laboratory enters for each daily sample → (times, batches)."""

    def at(self, place: IntArray) -> "SimulatedBlock":
        """The batches at some places of the block."""

        def own(values: Mapping[str, Array]) -> dict[str, Array]:
            return {name: array[:, place] for name, array in values.items()}

        return replace(
            self,
            rows=self.rows[place],
            end=self.end[place],
            quality=self.quality[place],
            sensors=own(self.sensors),
            analyses=own(self.analyses),
            offline=own(self.offline),
        )


def block_size(config: PlantConfig) -> int:
    """Number of batches that are simulated together."""
    return max(1, BLOCK * min(config.historian_minutes, BLOCK_MINUTES) // BLOCK_MINUTES)


def simulated(config: PlantConfig, rows: pl.DataFrame, faulty: pl.DataFrame) -> SimulatedBlock:
    """Simulate batches, and keep the values of sensors and daily samples."""
    culture = culture_of(rows, onsets(faulty, rows))
    last = float(culture.end.max())
    hours, sample_hours = np.arange(0, last, config.historian_minutes / 60), np.arange(0, last, EVERY)
    moments, values = np.union1d(hours, sample_hours), list[Array]()
    end = simulate(culture, moments, lambda _, now: values.append(now))
    quality = pl.DataFrame({"batch_id": rows["batch_id"], **harvest_quality(culture.trait, end)})
    sensors = _shown(culture, hours, _of(values, moments, hours), sensed)
    if config.further_tags:
        sensors |= _shown(culture, hours, _of(values, moments, hours), further_sensed)
    daily = _of(values, moments, sample_hours)
    analyses = _shown(culture, sample_hours, daily, lambda _, state, meets, __: sampled(state, meets))
    offline = _shown(culture, sample_hours, daily, lambda _, __, meets, ___: offline_measured(meets))
    return SimulatedBlock(rows, culture.end, quality, hours, sensors, sample_hours, analyses, offline)


Show = Callable[[Culture, State, Environment, Array], Mapping[str, Array]]
"""Function of a culture, its states, its environment and the hours. Hours are a column, and all other arrays (hours, batches)."""


def _of(values: list[Array], moments: Array, hours: Array) -> list[Array]:
    """The states at those moments that are among the hours."""
    return [values[place] for place in np.flatnonzero(np.isin(moments, hours))]


def _shown(culture: Culture, hours: Array, values: list[Array], show: Show) -> dict[str, Array]:
    """What sensors or analysers show, each as (hours, batches). Many hours are computed together, because that is faster."""
    parts: dict[str, list[Array]] = {}
    for begin in range(0, len(hours), TOGETHER):
        hour = hours[begin : begin + TOGETHER, None]
        state = states.of(np.stack(values[begin : begin + TOGETHER], axis=1))
        shown = show(culture, state, environment(culture, state, hour), hour)
        for name, value in shown.items():
            parts.setdefault(name, []).append(np.broadcast_to(value, state.volume.shape))
    return {name: np.concatenate(part) for name, part in parts.items()}


def site_records(config: PlantConfig, site: str, number: int, block: SimulatedBlock) -> pl.DataFrame:
    """Records of the historian of one site: the usual tags, then each further tag of the configuration.

    Each further tag has random numbers of its own, so that it changes no other record.
    """
    rng = generator(config.seed, f"historian {site} {number}")
    exact = config.historian_minutes % 10 != 0
    usual = Recording(site, block.rows, block.hours, existing(rng, block.hours, block.end), block.sensors, exact)
    daily = Recording(site, block.rows, block.sample_hours, block.sample_hours < block.end[:, None], block.offline, exact)
    parts = [recorded(rng, usual, SENSORS, LOST)]
    for tags, recording, lost in ((FURTHER, usual, LOST), (OFFLINE, daily, 0.0)):
        for tag in tags:
            if tag in config.further_tags:
                own = generator(config.seed, f"{tag} {site} {number}")
                parts.append(recorded(own, recording, {tag: tags[tag]}, lost))
    return pl.concat(parts)
