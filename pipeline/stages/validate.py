"""Stage `validate`: typed rows to canonical tables, quarantine and the report of the data quality."""

from pipeline.domain.config_files import as_json, load
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.history.assemble import assemble
from pipeline.history.quality_report import profile, render, summary
from pipeline.stages.run import run, write, write_text


def validate(places: Places) -> None:
    """Keep the rows that meet the contracts, put the others into quarantine, and count both."""
    process = load(places.config, "process", Process)
    rows = {name: read_table(places.sources / "rows" / f"{name}.parquet") for name in process.sources}
    quarantine, ledger = (read_table(places.sources / f"{name}.parquet") for name in ("quarantine", "ledger"))
    found = assemble(process, rows, quarantine, ledger)
    for name, table in found.tables().items():
        write(table, places.history / f"{name}.parquet")
    write(profile(process, found), places.history / "profile.parquet")
    write_text(render(process, found), places.quality_report)
    write_text(as_json(summary(process, found)), places.quality)


if __name__ == "__main__":
    run(validate)
