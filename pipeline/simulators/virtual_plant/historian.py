"""Sensor records: long tables of batch, tag, time and value, with the clock and the names of each site."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.simulators.arrays import Array
from pipeline.simulators.virtual_plant import physics
from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.environment import Environment, probe_oxygen, probe_ph
from pipeline.simulators.virtual_plant.further_tags import FURTHER, OFFLINE
from pipeline.simulators.virtual_plant.sensors import Sensor
from pipeline.simulators.virtual_plant.states import State

SENSORS: dict[str, Sensor] = {
    "temperature": Sensor(0.03, False, 2),
    "ph": Sensor(0.008, False, 3),
    "dissolved_oxygen": Sensor(1.0, False, 1),
    "agitation": Sensor(0.004, True, 2),
    "gas_flow": Sensor(0.01, True, 5),
    "oxygen_in_gas": Sensor(0.01, True, 2),
    "base": Sensor(0.005, True, 2),
    "co2": Sensor(0.03, True, 1),
}
"""Units, in this order: °C, pH, % of air saturation, 1/min, L/min, %, mmol/L, mmHg."""


@dataclass(frozen=True)
class SiteHistorian:
    """How the historian of a site writes its records."""

    columns: tuple[str, str, str, str]
    """Names of the columns for batch, tag, time and value."""
    tags: tuple[str, ...]
    """Names of the tags, in the order of `SENSORS`."""
    further: tuple[str, ...]
    """Names of the further tags, in the order of `FURTHER` and then of `OFFLINE`."""
    zone: str
    """IANA name of the time zone of the site."""
    clock: str
    """`utc`: times in UTC. `local`: local times without a zone. `zoned`: local times with the zone in the type."""


HISTORIANS: dict[str, SiteHistorian] = {
    "Boston": SiteHistorian(
        ("batch", "tag", "timestamp", "value"),
        ("TI", "PHI", "DOI", "SI", "FI", "O2I", "WIB", "CO2I"),
        ("FIF", "WIV", "PI", "PHL", "CO2L"),
        "America/New_York",
        "utc",
    ),
    "Visp": SiteHistorian(
        ("Charge", "Messstelle", "Zeit", "Wert"),
        ("Temp.IST", "pH.IST", "pO2.IST", "Drehzahl.IST", "Gas.IST", "O2-Anteil.IST", "Lauge.SUM", "pCO2.IST"),
        ("Futter.IST", "Gewicht.IST", "Kopfdruck.IST", "pH.LAB", "pCO2.LAB"),
        "Europe/Zurich",
        "local",
    ),
    "Cork": SiteHistorian(
        ("BatchID", "Tag", "Time", "Value"),
        ("TEMP_PV", "PH_PV", "DO_PV", "AGIT_PV", "AIR_PV", "O2_PV", "BASE_TOT", "PCO2_PV"),
        ("FEED_PV", "WEIGHT_PV", "HEADP_PV", "PH_LAB", "PCO2_LAB"),
        "Europe/Dublin",
        "zoned",
    ),
}
LOST = 0.004
"""Share of records that are lost."""
GAPS, GAP_HOURS = 0.08, 18.0
"""Share of batches with a gap in their records, and length of a gap [h]."""
COMPLETE_DAYS = 2
"""Days before and after a clock change on which no record is lost, so that the row order decides the hour that occurs twice."""


def sensed(culture: Culture, state: State, meets: Environment, hour: Array | float) -> dict[str, Array]:
    """True values of the tags, in the units of `SENSORS`."""
    air = physics.AIR_OXYGEN * physics.ATMOSPHERE * physics.OXYGEN_SOLUBILITY
    return {
        "temperature": meets.celsius,
        "ph": probe_ph(culture, meets.ph, hour),
        "dissolved_oxygen": 100 * probe_oxygen(culture, meets.oxygen, hour) / air,
        "agitation": 60 * meets.motion.agitation,
        "gas_flow": 6e4 * meets.motion.gas_flow,
        "oxygen_in_gas": 100 * meets.oxygen_in_gas,
        "base": state.base * state.volume,
        "co2": meets.co2,
    }


def started_utc(rows: pl.DataFrame, zone: str) -> pl.Series:
    """Start of each batch in UTC, from the local time in its record."""
    return rows["started_at"].dt.replace_time_zone(zone).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def tag_names(site: str) -> dict[str, str]:
    """Tag → its name in the historian of a site."""
    form = HISTORIANS[site]
    return dict(zip((*SENSORS, *FURTHER, *OFFLINE), (*form.tags, *form.further), strict=True))


@dataclass(frozen=True)
class Recording:
    """What one historian records of several batches at given hours."""

    site: str
    rows: pl.DataFrame
    hours: Array
    kept: NDArray[np.bool_]
    """Whether there is a record, (batches, times)."""
    records: Mapping[str, Array]
    """Tag → true values, (times, batches)."""
    exact: bool
    """Whether times are rounded to the microsecond. Records every ten minutes or more are truncated, as they always were."""


def recorded(rng: np.random.Generator, of: Recording, sensors: Mapping[str, Sensor], lost_share: float) -> pl.DataFrame:
    """Records sorted by batch, tag and time (`utc`), with noise and losses. Around a change of the clock none is lost."""
    form, names = HISTORIANS[of.site], tag_names(of.site)
    batches = len(of.kept)
    batch, place, time = np.nonzero(np.broadcast_to(of.kept[:, None, :], (batches, len(sensors), len(of.hours))))
    lost = rng.uniform(size=len(batch)) < lost_share
    values = np.stack([sensor.reading(rng, of.records[tag].T) for tag, sensor in sensors.items()], axis=1)[
        batch, place, time
    ]
    since = of.hours * 3.6e9
    elapsed = pl.Series((np.rint(since) if of.exact else since).astype(np.int64)[time]).cast(pl.Duration("us"))
    frame = pl.DataFrame(
        {
            "batch": of.rows["batch_id"].gather(batch),
            "tag": pl.Series([names[tag] for tag in sensors]).gather(place),
            "utc": started_utc(of.rows, form.zone).gather(batch) + elapsed,
            "value": values,
        }
    )
    return frame.filter(~pl.Series(lost) | _near_clock_change(form.zone))


def existing(rng: np.random.Generator, hours: Array, end: Array) -> NDArray[np.bool_]:
    """Whether each record exists, (batches, times): it is before harvest and outside a gap."""
    gap_from = rng.uniform(24, 300, len(end))
    gap_long = np.where(rng.uniform(size=len(end)) < GAPS, GAP_HOURS, 0.0)
    inside = (hours >= gap_from[:, None]) & (hours < (gap_from + gap_long)[:, None])
    return np.asarray((hours < end[:, None]) & ~inside)


def _offset(zone: str, days: int) -> pl.Expr:
    """Difference of local time and UTC, a number of days after each record."""
    return (pl.col("utc") + pl.duration(days=days)).dt.replace_time_zone("UTC").dt.convert_time_zone(
        zone
    ).dt.base_utc_offset() + (pl.col("utc") + pl.duration(days=days)).dt.replace_time_zone("UTC").dt.convert_time_zone(
        zone
    ).dt.dst_offset()


def _near_clock_change(zone: str) -> pl.Expr:
    return _offset(zone, -COMPLETE_DAYS) != _offset(zone, COMPLETE_DAYS)


def as_exported(site: str, records: pl.DataFrame) -> pl.DataFrame:
    """Records with the column names and the clock of the site."""
    form = HISTORIANS[site]
    local = pl.col("utc").dt.replace_time_zone("UTC").dt.convert_time_zone(form.zone)
    clock = {"utc": pl.col("utc"), "local": local.dt.replace_time_zone(None), "zoned": local}[form.clock]
    batch, tag, time, value = form.columns
    return records.select(
        pl.col("batch").alias(batch), pl.col("tag").alias(tag), clock.alias(time), pl.col("value").alias(value)
    )


def ambiguous_times(site: str, records: pl.DataFrame) -> pl.Series:
    """Say for each row whether its local time occurs twice and the row order cannot decide which time is meant.

    The order decides if, within one batch and tag, a time of the hour that occurs twice is not later than the time before it.
    """
    form = HISTORIANS[site]
    if form.clock != "local":
        return pl.repeat(False, records.height, eager=True)
    local = pl.col("utc").dt.replace_time_zone("UTC").dt.convert_time_zone(form.zone).dt.replace_time_zone(None)
    first, last = (local.dt.replace_time_zone(form.zone, ambiguous=pick) for pick in ("earliest", "latest"))
    marked = records.select("batch", "tag", local.alias("local"), (first != last).alias("twice"))
    doubled = pl.col("local").filter(pl.col("twice"))
    goes_back = (doubled.diff() <= pl.duration(seconds=0)).any().over("batch", "tag", pl.col("local").dt.date())
    return marked.select(pl.col("twice") & ~goes_back)["twice"]
