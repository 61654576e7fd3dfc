"""Stage `validate`: typed rows to canonical tables, quarantine and the report of the data quality."""

from pipeline.domain.config_files import as_json, load
from pipeline.domain.left_out import LeftOut
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.domain.scope import Scope
from pipeline.history.assemble import assemble
from pipeline.history.balances.of_history import balances_of
from pipeline.history.clients.within_scope import within_scope
from pipeline.history.quality.balances import in_one_line
from pipeline.history.quality.page import render
from pipeline.history.quality.profile import profile
from pipeline.history.quality.verdict import require_batches, summary, verdict
from pipeline.reports.sheets.quarantine import workbook
from pipeline.stages.run import run, write, write_text


def validate(places: Places) -> None:
    """Keep the rows that meet the contracts and that the client of the run may use, put others into quarantine, and count all.

    All files are written also if no batch is left. Then the stage fails, and the page says why.
    """
    process, left_out = load(places.config, "process", Process), load(places.config, "left_out", LeftOut)
    rows = {name: read_table(places.sources / "rows" / f"{name}.parquet") for name in process.sources}
    quarantine, ledger = (read_table(places.sources / f"{name}.parquet") for name in ("quarantine", "ledger"))
    assembled = assemble(process, rows, quarantine, ledger, left_out)
    found, hidden = within_scope(process, assembled, rows, load(places.config, "scope", Scope))
    judged, balances = verdict(process, found), balances_of(process, found)
    for name, table in found.tables().items():
        write(table, places.history / f"{name}.parquet")
    if balances is not None:
        write(balances, places.history / "balances.parquet")
    write(profile(process, found), places.history / "profile.parquet")
    write(hidden, places.hidden_names)
    (places.history / "quarantine.xlsx").write_bytes(workbook(found.quarantine, judged, process))
    write_text(render(process, found, judged, balances), places.quality_report)
    write_text(as_json(summary(found, judged, balances)), places.quality)
    record(
        places,
        "validate",
        keys=("left_out", "process", "scope"),
        written=(places.history, places.hidden_names, places.quality_report, places.quality),
    )
    require_batches(judged, places.quality_report)
    if judged.set_aside:
        print(f"  {judged.headline} See {places.quality_report}")
    if balances is not None:
        print(f"  {in_one_line(balances)} See {places.quality_report}")


if __name__ == "__main__":
    run(validate)
