"""Features of trajectories."""

from collections.abc import Iterator

import polars as pl

from pipeline.domain.process.parts import Operation
from pipeline.domain.process.process import Process
from pipeline.features.arguments import arguments_over_time
from pipeline.features.catalogue import inputs_of, offered_trajectory_features, tags_of
from pipeline.history.tables import History
from pipeline.operations.feature import TrajectoryFeature


def trajectory_features(process: Process, name: str, operation: Operation, history: History) -> Iterator[pl.DataFrame]:
    """Give tables of trajectory features of an operation: one table per set of tags, for the batches with records of them."""
    of_tags: dict[tuple[str, ...], list[TrajectoryFeature]] = {}
    for other, _, feature in offered_trajectory_features(process):
        if other == name:
            of_tags.setdefault(tags_of(feature, operation), []).append(feature)
    wide = _wide(history.trajectories, sorted({tag for tags in of_tags if len(tags) > 1 for tag in tags}))
    coded = _coded(history.trajectories, sorted({tag for tags in of_tags for tag in tags}))
    for tags, features in of_tags.items():
        records = _records_of(coded, *tags) if len(tags) == 1 else _rows_with_any(wide, tags)
        inputs = sorted({attribute for feature in features for attribute in inputs_of(feature, operation)})
        if inputs:
            known = history.batches.select("batch_id", *inputs)
            records = records.join(known, on="batch_id", how="left", maintain_order="left")
        values = (
            feature.compute(*arguments_over_time(process, operation, feature)).alias(f"{name}.{feature.name}")
            for feature in features
        )
        yield _batch_by_batch(records).group_by("batch_id", maintain_order=True).agg(values)


def _batch_by_batch(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records of each batch in one piece, and let polars know it.

    The sum of a batch then depends on nothing but its own records. Otherwise its last bit depends on where the batch lies in the
    table.
    """
    whole = records.rechunk()
    if not whole["batch_id"].is_sorted():
        return whole.sort("batch_id", maintain_order=True)
    return whole.with_columns(pl.col("batch_id").set_sorted())


def _coded(trajectories: pl.DataFrame, tags: list[str]) -> pl.DataFrame:
    """Return the records with the tags as numbers, which are compared faster than texts. Other tags are null."""
    return trajectories.with_columns(pl.col("tag").cast(pl.Enum(tags), strict=False))


def _records_of(trajectories: pl.DataFrame, tag: str) -> pl.DataFrame:
    """The records of one tag. They are sorted by time already and need no pivot."""
    return trajectories.filter(pl.col("tag") == tag).select("batch_id", "time", pl.col("value").alias(tag))


def _rows_with_any(wide: pl.DataFrame, tags: tuple[str, ...]) -> pl.DataFrame:
    """The rows in which at least one of the tags has a record."""
    return wide.filter(pl.any_horizontal(pl.col(tag).is_not_null() for tag in tags))


def _wide(trajectories: pl.DataFrame, tags: list[str]) -> pl.DataFrame:
    """One row per batch and time, one column per tag."""
    return (
        trajectories.filter(pl.col("tag").is_in(tags))
        .pivot("tag", on_columns=tags, index=["batch_id", "time"], values="value", maintain_order=True)
        .sort("batch_id", "time")
    )
