"""Which protocols apply to a history, which do not, and what would have to be recorded for those."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipeline.domain.display import in_words
from pipeline.extrapolation.protocols import Split, fold_table
from pipeline.extrapolation.reenactment import LEAST_RESULTS

REMEDY: Mapping[str, str] = {
    "leave_product_out": "record batches of a second product, and state `product` in the process definition",
    "largest_scale_out": "record batches of a product at a second scale, and state `scale` in the process definition",
    "forward_in_time": "record when each batch started, and state `started` in the process definition",
    "past_scale_ups": "record when each batch started and its scale, or lower `least` of the protocol in conf/split/",
}
"""Protocol → what a user can do so that it applies."""


def protocol_lines(rows: pl.DataFrame, split: Split) -> list[str]:
    """Return a sentence for each protocol of a split: its number of folds, or why it does not apply and what to record.

    rows: batch_id, product, lineage, scale_level, started_at and site of each batch.
    """
    table, skipped = fold_table(rows, split)
    counts = table.group_by("protocol", maintain_order=True).agg(pl.col("fold").n_unique())
    applies = [f"{in_words(name)} applies, with {_count(folds, 'fold')}" for name, folds in counts.iter_rows()]
    lines = [*applies, *skipped_lines(skipped)]
    return lines if applies else [*lines, UNTESTED]


UNTESTED = (
    "No protocol applies. A model is trained and answers, but it is not tested on batches that it has not seen, so the "
    "carry-over mean is used"
)


def skipped_lines(skipped: Mapping[str, str]) -> list[str]:
    """Return a sentence for each protocol that does not apply; skipped: protocol → reason."""
    return [f"{in_words(name)} does not apply: {reason}; to use it, {REMEDY[name]}" for name, reason in skipped.items()]


def too_few_results(results: pl.DataFrame, targets: Iterable[str]) -> dict[str, str]:
    """Return target → why it is not predicted, for the targets with fewer than `LEAST_RESULTS` results.

    results: batch_id and attribute of each result of a batch.
    """
    counts = dict(results.group_by("attribute").len().iter_rows())
    few = {target: int(counts.get(target, 0)) for target in targets if counts.get(target, 0) < LEAST_RESULTS}
    return {target: f"history has {_count(count, 'result')} of it, and {_NEEDED}" for target, count in few.items()}


def nothing_to_learn(results: pl.DataFrame, targets: Sequence[str]) -> str:
    """Return in one sentence that all targets have too few results."""
    counts = dict(results.group_by("attribute").len().iter_rows())
    each = ", ".join(f"{target} {counts.get(target, 0)}" for target in targets)
    return f"no quality attribute has enough results ({each}): {_NEEDED}"


_NEEDED = f"{LEAST_RESULTS} are needed, since a prediction interval comes from hiding results that are known"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}" + ("" if number < 2 else "s")
