"""Which protocols apply to a history, which do not, and what would have to be recorded for those."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import AVAILABLE, ROLES
from pipeline.domain.display import in_words, noun
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.axes import Axes
from pipeline.domain.process.parts import ONE_PRODUCT, ONE_SCALE
from pipeline.extrapolation.attribute_protocols import AttributeProtocol, hidden_in_words
from pipeline.extrapolation.availability import known_in_folds, with_result_dates
from pipeline.extrapolation.protocols import NO_ATTRIBUTES, Split, fold_table, name_of
from pipeline.extrapolation.reenactment import LEAST_RESULTS
from pipeline.extrapolation.scale_ups import NO_AXES

REMEDY: Mapping[str, str] = {
    "leave_product_out": "record batches of a second product, and state `product` in the process definition",
    "largest_scale_out": "record batches of a product at a second scale, and state `scale` in the process definition",
    "site_out": "record batches of a product at a second site, and state `site` in the process definition",
    "device_out": "record batches of a product on a second device, and state `equipment` in the process definition",
    "forward_in_time": "record when each batch started and from when its results are known, and state `started` in the process "
    "definition",
    "past_scale_ups": "record when each batch started and its scale, or lower `least` of the protocol in conf/split/",
    "cut": "choose a limit in conf/split/ that has batches on both sides",
    "listed_groups": "correct the lists of the protocol in conf/split/, or record batches of these groups",
}
"""Kind of a protocol → what a user can do so that it applies."""


def history_lines(
    batches: pl.DataFrame,
    results: pl.DataFrame,
    split: Split,
    targets: Sequence[str],
    attributes: Mapping[str, Attribute] = NO_ATTRIBUTES,
    axes: Axes = NO_AXES,
) -> list[str]:
    """Return what a history allows, one sentence each: its size, every protocol, and targets that are not predicted.

    batches: batch_id, product, lineage, scale_level, started_at, site and the attributes of the split; results: batch_id,
    attribute and, if known, `available_at`; attributes, axes: of the process definition. Without targets, the batches can only be
    watched. Raises ScalebridgeError where there are targets and none has enough results.
    """
    size = _size(batches, stated_product=ONE_PRODUCT not in attributes, stated_scale=ONE_SCALE not in attributes)
    if not targets:
        return [size, f"{ONLY_WATCHED[0].upper()}{ONLY_WATCHED[1:]}"]
    few = too_few_results(results, targets)
    if len(few) == len(targets):
        raise ScalebridgeError(nothing_to_learn(results, targets))
    reasons = [f"{target} is not predicted: {why}" for target, why in few.items()]
    known = [target for target in targets if target not in few]
    return [size, *protocol_lines(batches, results, split, known, attributes, axes), *reasons]


def _size(batches: pl.DataFrame, *, stated_product: bool, stated_scale: bool) -> str:
    """Return the size of a history in words. What the definition does not state is not counted, and named."""
    text = _count(batches.height, "valid batch")
    if stated_product:
        text += f" of {_count(batches['product'].n_unique(), 'product')}"
    if stated_scale:
        text += f" at {_count(batches['scale_level'].n_unique(), 'scale')}"
    stated = {"product": stated_product, "scale": stated_scale}
    silent = " and ".join(f"no `{key}`" for key, is_stated in stated.items() if not is_stated)
    return f"{text}; the process definition states {silent}" if silent else text


def protocol_lines(
    rows: pl.DataFrame,
    results: pl.DataFrame,
    split: Split,
    targets: Sequence[str],
    attributes: Mapping[str, Attribute] = NO_ATTRIBUTES,
    axes: Axes = NO_AXES,
) -> list[str]:
    """Return a sentence for each protocol of a split: its number of folds, or why it does not apply and what to record.

    rows: batch_id, product, lineage, scale_level, started_at and site of each batch, and the attributes of the split; results:
    batch_id, attribute and, if known, `available_at`; attributes, axes: of the process definition.
    """
    table, skipped = fold_table(with_result_dates(rows, results, targets), split, attributes, axes)
    scored = scored_targets(table, results, targets)
    counts = dict(table.group_by("protocol", maintain_order=True).agg(pl.col("fold").n_unique()).iter_rows())
    titles = protocol_titles(split, attributes)
    lines = [
        _applies(titles.get(name, in_words(name)), folds, scored.get(name, []), targets) for name, folds in counts.items()
    ]
    return [*lines, *skipped_lines(skipped, split, attributes), *([] if scored else [UNTESTED])]


def scored_targets(folds: pl.DataFrame, results: pl.DataFrame, targets: Sequence[str]) -> dict[str, list[str]]:
    """Return protocol → targets that it scores: at least one fold leaves enough results to learn from, and one to predict.

    folds: as `protocols.fold_table` returns them; results: batch_id, attribute and, if known, `available_at`.
    """
    wanted = results.filter(pl.col("attribute").is_in(list(targets)))
    counts = (
        folds.join(wanted, on="batch_id")
        .filter(known_in_folds() if AVAILABLE in wanted.columns else pl.lit(True))
        .group_by("protocol", "fold", "attribute")
        .agg((pl.col("role") == role).sum().alias(role) for role in ROLES)
        .filter((pl.col("train") >= LEAST_RESULTS) & (pl.col("test") > 0))
    )
    found: dict[str, list[str]] = {}
    for protocol, attribute in counts.select("protocol", "attribute").unique().sort("protocol", "attribute").iter_rows():
        found.setdefault(protocol, []).append(attribute)
    return found


def _applies(name: str, folds: int, scored: Sequence[str], targets: Sequence[str]) -> str:
    few = f"no fold leaves {LEAST_RESULTS} results to learn from and one to predict"
    if not scored:
        return f"{name} does not apply: {few}; to use it, record more batches"
    left_out = [target for target in targets if target not in scored]
    return f"{name} applies ({_count(folds, 'fold')})" + (f", but not to {', '.join(left_out)}: {few}" if left_out else "")


UNTESTED = (
    "No protocol applies, so no score shows how well the model predicts new batches, and each answer says that it is not tested. "
    "With fewer than 5 hidden repeat batches the carry-over mean answers"
)
"""Said where no protocol applies."""


def skipped_lines(
    skipped: Mapping[str, str], split: Split, attributes: Mapping[str, Attribute] = NO_ATTRIBUTES
) -> list[str]:
    """Return a sentence for each protocol of a split that does not apply; skipped: name of the protocol → reason."""
    titles, kinds = protocol_titles(split, attributes), {name_of(one): one.kind for one in split.protocols}
    return [f"{titles[name]} does not apply: {reason}; to use it, {REMEDY[kinds[name]]}" for name, reason in skipped.items()]


def protocol_titles(split: Split, attributes: Mapping[str, Attribute]) -> dict[str, str]:
    """Return name of a protocol → the name in words; with what it hides, where the user says this in the split."""
    return {
        name_of(one): in_words(name_of(one))
        + (f" ({hidden_in_words(one, attributes)})" if isinstance(one, AttributeProtocol) else "")
        for one in split.protocols
    }


def too_few_results(results: pl.DataFrame, targets: Iterable[str]) -> dict[str, str]:
    """Return target → why it is not predicted, for the targets with fewer than `LEAST_RESULTS` results.

    results: batch_id and attribute of each result of a batch.
    """
    counts = dict(results.group_by("attribute").len().iter_rows())
    few = {target: int(counts.get(target, 0)) for target in targets if counts.get(target, 0) < LEAST_RESULTS}
    return {target: f"history has {_count(count, 'result')} of it, and {_NEEDED}" for target, count in few.items()}


ONLY_WATCHED = (
    "the process definition has no attribute of the role CQA and no `also_predict`, so nothing is predicted: batches of this "
    "process can only be watched"
)
"""Said of a process without targets."""


def nothing_to_learn(results: pl.DataFrame, targets: Sequence[str]) -> str:
    """Return in one sentence that there are no targets, or that all of them have too few results."""
    if not targets:
        return f"{ONLY_WATCHED}. To predict a result, declare it with the role CQA, or name it in `also_predict`"
    counts = dict(results.group_by("attribute").len().iter_rows())
    each = ", ".join(f"{target} {counts.get(target, 0)}" for target in targets)
    return f"no quality attribute has enough results ({each}): {_NEEDED}"


_NEEDED = (
    f"{LEAST_RESULTS} are needed, since a prediction interval comes from hiding results that are known; record more results"
)


def _count(number: int, what: str) -> str:
    """Return a number and its noun.

    >>> _count(1, "batch"), _count(4, "batch"), _count(0, "result")
    ('1 batch', '4 batches', 'no result')
    """
    return f"{number or 'no'} {noun(max(number, 1), what)}"
