"""Stage `split`: which batches train and which are predicted, as a table."""

from pipeline.domain.config_files import as_json, load
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.reading.stored import read_table
from pipeline.extrapolation.applicable import skipped_lines
from pipeline.extrapolation.protocols import Split, fold_sizes, fold_table
from pipeline.stages.run import run, write, write_text


def split(places: Places) -> None:
    """Give every batch its role under every protocol. The summary names each protocol that cannot be applied, and why."""
    table, skipped = fold_table(read_table(places.features), load(places.config, "split", Split))
    for line in skipped_lines(skipped):
        print(f"  {line}")
    write(table, places.folds)
    write_text(as_json({"batches": fold_sizes(table), "skipped": skipped}), places.folds_summary)
    record(places, "split", keys=("split",), read=(places.features,), written=(places.folds, places.folds_summary))


if __name__ == "__main__":
    run(split)
