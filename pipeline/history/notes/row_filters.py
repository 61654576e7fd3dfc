"""What a person should know of a row filter: which rows it sets aside, and that a filter can bias what is learned."""

import polars as pl

from pipeline.domain.display import noun

FILTERED = "filtered out by `rows`"
"""Beginning of the reason of a row that the filter of its source sets aside."""
BIAS = (
    "If the filter depends on a result, or on what became of a batch, the models learn from the batches that went well alone, "
    "and their predictions are too good."
)


def left_out_notes(quarantine: pl.DataFrame, source: str) -> list[str]:
    """Sentences on the rows that the filter of a source sets aside, with the warning that a filter can bias what is learned."""
    rows = quarantine.filter((pl.col("source") == source) & pl.col("reason").str.starts_with(FILTERED))
    if rows.is_empty():
        return []
    counts = rows["value"].fill_null("").value_counts(sort=True).head(5)
    texts = ", ".join(f"{value!r} {count} times" for value, count in counts.iter_rows())
    verb = f"{noun(rows.height, 'row')} {'is' if rows.height == 1 else 'are'}"
    return [f"Source '{source}': {rows.height} {verb} {rows['reason'][0]} ({texts}). {BIAS}"]
