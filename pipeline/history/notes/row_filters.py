"""What a person should know of a row filter: which rows it sets aside, and that a filter can bias what is learned."""

import polars as pl

from pipeline.domain.display import noun

FILTERED = "filtered out by `rows`"
"""Beginning of the reason of a row that the filter of its source sets aside."""
BIAS = (
    "If the filter depends on a result, or on what became of a batch, the models learn from the batches that went well alone, "
    "and their predictions are too good."
)


def left_out_notes(quarantine: pl.DataFrame, source: str, ledger: pl.DataFrame) -> list[str]:
    """Sentences on the rows that the filter of a source sets aside, with the warning that a filter can bias what is learned.

    ledger: source and file, a row per file that a source reads. Rows that another source of the same file reads are not lost, such
    as the results of another step in the export of one laboratory.
    """
    filtered = quarantine.filter(pl.col("reason").str.starts_with(FILTERED))
    readers = ledger.group_by("file").agg(pl.col("source").n_unique().alias("readers"))
    nobody = (
        filtered.group_by("file", "row")
        .agg(pl.col("source").n_unique().alias("without"))
        .join(readers, on="file", how="left")
    )
    lost = nobody.filter(pl.col("without") >= pl.col("readers").fill_null(1))
    rows = filtered.filter(pl.col("source") == source).join(lost, on=["file", "row"], how="semi", maintain_order="left")
    if rows.is_empty():
        return []
    counts = rows["value"].fill_null("").value_counts(sort=True).head(5)
    texts = ", ".join(f"{value!r} {count} times" for value, count in counts.iter_rows())
    verb = f"{noun(rows.height, 'row')} {'is' if rows.height == 1 else 'are'}"
    return [f"Source '{source}': {rows.height} {verb} {rows['reason'][0]} ({texts}). {BIAS}"]
