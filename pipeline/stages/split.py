"""Stage `split`: which batches train and which are predicted, as a table."""

import polars as pl

from pipeline.domain.config_files import as_json, load
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.availability import availability_notes
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.extrapolation.applicable import skipped_lines
from pipeline.extrapolation.attribute_protocols import with_attributes
from pipeline.extrapolation.availability import with_result_dates
from pipeline.extrapolation.protocols import Split, fold_sizes, fold_table
from pipeline.stages.run import run, write, write_text


def split(places: Places) -> None:
    """Give every batch its role under every protocol. The summary names each protocol that cannot be applied, and why."""
    process, chosen = load(places.config, "process", Process), load(places.config, "split", Split)
    rows = with_attributes(read_table(places.features), read_table(places.batches), chosen.attributes)
    dated = with_result_dates(rows, read_table(places.results), process.targets)
    table, skipped = fold_table(dated, chosen, process.attributes, process.axes)
    for line in (*skipped_lines(skipped, chosen, process.attributes), *_time_notes(process, table)):
        print(f"  {line}")
    write(table, places.folds)
    write_text(as_json({"batches": fold_sizes(table), "skipped": skipped}), places.folds_summary)
    record(
        places,
        "split",
        keys=("process", "split"),
        read=(places.features, places.batches, places.results),
        written=(places.folds, places.folds_summary),
    )


def _time_notes(process: Process, folds: pl.DataFrame) -> list[str]:
    """Return what is assumed about the time of results, if a protocol goes back in time."""
    return availability_notes(process) if folds["as_of"].null_count() < folds.height else []


if __name__ == "__main__":
    run(split)
