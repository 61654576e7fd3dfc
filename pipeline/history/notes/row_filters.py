"""What a person should know of a row filter: which rows it leaves out, and that a filter can bias what is learned."""

import polars as pl

LEFT_OUT = "left out by `rows`"
"""Beginning of the reason of a row that the filter of its source leaves out."""
BIAS = (
    "If the filter depends on a result, or on what became of a batch, the models learn from the batches that went well alone, "
    "and their predictions are too good."
)


def left_out_notes(quarantine: pl.DataFrame, source: str) -> list[str]:
    """Sentences on the rows that the filter of a source leaves out, with the warning that a filter can bias what is learned."""
    rows = quarantine.filter((pl.col("source") == source) & pl.col("reason").str.starts_with(LEFT_OUT))
    if rows.is_empty():
        return []
    counts = rows["value"].fill_null("").value_counts(sort=True).head(5)
    texts = ", ".join(f"{value!r} {count} times" for value, count in counts.iter_rows())
    verb = "row is" if rows.height == 1 else "rows are"
    return [f"Source '{source}': {rows.height} {verb} {rows['reason'][0]} ({texts}). {BIAS}"]
