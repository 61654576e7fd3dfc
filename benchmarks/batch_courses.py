"""Batches with courses as arrays: two public histories that the program reads, and two that the package process-improve holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from report import ROOT

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.history.quality.verdict import read_history_of


@dataclass(frozen=True)
class BatchCourses:
    """The courses of batches in bins of equal process time, as recorded: NaN where a bin has no record."""

    batches: tuple[str, ...]
    tags: tuple[str, ...]
    hours: FloatArray
    """Hour at which each bin ends. Where the time between samples is not published, a sample counts as a minute."""
    values: FloatArray
    """Batches by bins by tags."""
    groups: tuple[str, ...]
    """What a batch belongs to, such as the experiment of a wafer; one group where nothing is recorded."""
    faults: tuple[str | None, ...]
    """Named fault of each batch; None for a normal batch."""

    @property
    def normal(self) -> BoolArray:
        """Whether each batch is without a named fault."""
        return np.array([fault is None for fault in self.faults])

    def of(self, chosen: BoolArray) -> "BatchCourses":
        """Return the courses of some batches."""
        own = np.flatnonzero(chosen)
        batches, groups, faults = (
            tuple(np.array(one, dtype=object)[own]) for one in (self.batches, self.groups, self.faults)
        )
        return BatchCourses(batches, self.tags, self.hours, self.values[own], groups, faults)


def in_bins(records: pl.DataFrame, seconds: float) -> tuple[list[str], list[str], FloatArray]:
    """Return batches, tags and their values in bins of equal time since the first record of each batch: batches, bins, tags.

    records: batch_id, tag, time [s] and value, as in a canonical history. A bin holds the last value that was recorded in it.
    """
    since = pl.col("time") - pl.col("time").min().over("batch_id")
    rows = records.with_columns((since / seconds + 1e-6).floor().cast(pl.Int64).alias("bin")).sort("time")
    last = rows.group_by("batch_id", "tag", "bin").agg(pl.col("value").last())
    batches, tags = (last[name].unique().sort().to_list() for name in ("batch_id", "tag"))
    places = [
        last[name].cast(pl.Enum(all_)).to_physical().to_numpy() for name, all_ in (("batch_id", batches), ("tag", tags))
    ]
    values = np.full((len(batches), int(last["bin"].max()) + 1, len(tags)), np.nan)  # type: ignore[arg-type]
    values[places[0], last["bin"].to_numpy(), places[1]] = last["value"].to_numpy()
    return batches, tags, values


def sbr() -> BatchCourses:
    """Return the batches of the polymer reactor. Those with an odd particle size have the fault `odd`."""
    return _canonical("sbr", 60, {"34": "odd", "37": "odd"})


def metal_etch() -> BatchCourses:
    """Return the wafers of the etcher, in bins of about one record, without the number of the recipe step."""
    return _canonical("metal_etch", 1.02, {}, group="experiment", but=("step_number",))


def nylon() -> BatchCourses:
    """Return the batches of the nylon reactor; 113 to 135 samples."""
    return _of_process_improve("load_nylon")


def dryer() -> BatchCourses:
    """Return the batches of the dryer, without its clock."""
    return _of_process_improve("load_dryer", but=("ClockTime",))


HISTORIES: Mapping[str, Callable[[], BatchCourses]] = {"SBR": sbr, "nylon": nylon, "dryer": dryer, "metal etch": metal_etch}
"""Name in the tables → how it is read."""


def _canonical(
    name: str,
    seconds: float,
    odd: dict[str, str],
    *,
    group: str | None = None,
    but: tuple[str, ...] = (),
) -> BatchCourses:
    """Read a history as the program does, with its stated deviations as faults. odd: batch → a fault that no source states."""
    process = parse(Process, read_yaml(ROOT / f"conf/process/{name}.yaml"), name)
    assert isinstance(process, Process)
    history = read_history_of(process, _folder(name), LeftOut())
    batches, tags, values = in_bins(history.trajectories.filter(~pl.col("tag").is_in(but)), seconds)
    rows = pl.DataFrame({"batch_id": batches}).join(history.batches, on="batch_id", how="left", maintain_order="left")
    stated = odd | dict(history.deviations.select("batch_id", "cause").iter_rows())
    faults = [stated.get(batch) for batch in batches]
    hours = np.arange(1, values.shape[1] + 1) * seconds / 3600
    groups = rows[group].to_list() if group else [name] * len(batches)
    return BatchCourses(tuple(batches), tuple(tags), hours, values, tuple(groups), tuple(faults))


def _folder(name: str) -> Path:
    folder = ROOT / "data/raw" / name
    if not folder.is_dir():
        raise ScalebridgeError(f"{folder} does not exist; run `dvc pull data/raw/{name}.dvc`")
    return folder


def _of_process_improve(loader: str, but: tuple[str, ...] = ()) -> BatchCourses:
    """Return batches that process-improve holds. A batch that is shorter than the longest ends with NaN."""
    from process_improve.batch import datasets

    frames: dict[Any, Any] = getattr(datasets, loader)()
    tags = tuple(str(tag) for tag in next(iter(frames.values())).columns if tag not in but)
    values = np.full((len(frames), max(map(len, frames.values())), len(tags)), np.nan)
    for row, frame in zip(values, frames.values(), strict=True):
        row[: len(frame)] = frame[list(tags)].to_numpy(float)
    hours = np.arange(1, values.shape[1] + 1) / 60
    names, none = tuple(map(str, frames)), (None,) * len(frames)
    return BatchCourses(names, tags, hours, values, (loader,) * len(frames), none)
