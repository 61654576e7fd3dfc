"""What a reader must know of a transfer that changes several things, and of lots that are used once, as sentences."""

import unicodedata
from collections.abc import Iterator

import polars as pl

from pipeline.answers.case.case import Case
from pipeline.answers.case.proposed_batch import own_batches
from pipeline.answers.case.transfer_change import site_changes_too
from pipeline.answers.case.unknown_lots import LEAST_LOTS, UnknownLot
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.display import in_words
from pipeline.domain.errors import listed
from pipeline.domain.process.axis_words import WORDS, in_place


def transfer_notes(case: Case, run: TrainedRun) -> tuple[str, ...]:
    """Return sentences on nearly known places, on a site that changes with the scale, and on lots that are used once."""
    return (*_nearly_named(case, run), *_site_too(case, run), *_lots_not_stated(case, run), *_lots_used_before(case, run))


def _nearly_named(case: Case, run: TrainedRun) -> Iterator[str]:
    stated = {"site": case.proposal.site, "equipment": case.proposal.equipment}
    for column, name in stated.items():
        known = run.history.batches[column].drop_nulls().unique().to_list()
        if name is None or not known or name in known:
            continue
        if alike := sorted(one for one in known if _letters(one) == _letters(name)):
            where = in_place("site" if column == "site" else "device", name)
            yield f"No batch was made{where}, but history has '{alike[0]}'. If both are the same, write it as in history."


def _letters(name: str) -> str:
    """Return the letters and digits of a name, without case and accents.

    >>> _letters("Köln-Mitte") == _letters("KOLN MITTE")
    True
    """
    return "".join(one for one in unicodedata.normalize("NFKD", name).casefold() if one.isalnum())


def _site_too(case: Case, run: TrainedRun) -> Iterator[str]:
    change, proposal = case.proposed.change, case.proposal
    own = own_batches(run.process, proposal, run.history.batches)
    if site_changes_too(run.process, proposal, own, change):
        of = f" of {proposal.product}" if run.process.states_product else ""
        there, ran = in_place("site", proposal.site), in_place("site", listed(own["site"].drop_nulls().unique().sort(), 4))
        yield (
            f"Two things change at once, {WORDS[change].noun} and the site: no batch{of} was made{there}, only{ran}. Batches of "
            "other products alone tell the two effects apart."
        )


def _lots_not_stated(case: Case, run: TrainedRun) -> Iterator[str]:
    mixed = {one.material: one for one in case.unknown_lots}
    for material in run.process.used_once:
        if material in mixed:
            yield _in_the_interval(mixed[material], case, run)
        elif (assumed := case.assumed.get(material)) is not None:
            yield (
                f"No lot of {in_words(material)} is stated, and each of its lots is used once. The prediction assumes lots "
                f"{assumed.origin}. Its interval does not hold the scatter of the next lot, because history describes fewer than "
                f"{LEAST_LOTS} lots."
            )


def _in_the_interval(unknown: UnknownLot, case: Case, run: TrainedRun) -> str:
    material = in_words(unknown.material)
    of = f" of {case.proposal.product}" if unknown.of_product and run.process.states_product else ""
    names = [run.process.display_name(name) for name in unknown.attributes]
    what = f"{listed(names, 4)} of the lot of {material} " + ("is" if len(names) == 1 else "are") + " not stated"
    start = what if unknown.partly else f"No lot of {material} is stated"
    chosen = f" (an even sample of {unknown.lots.height})" if unknown.lots.height < unknown.known else ""
    return (
        f"{start}; the interval holds the scatter of the {unknown.known} past lots{of}{chosen}. So do the chances to meet the "
        "specifications. The reference, the causes, the next runs, and the curves and settings of the scenarios are for a lot as "
        "in the reference batches. To narrow the interval, state the properties of the lot in `settings`."
    )


def _lots_used_before(case: Case, run: TrainedRun) -> Iterator[str]:
    for material in run.process.used_once:
        named = [share.lot for share in case.proposal.lots.get(material, ())]
        uses = run.history.genealogy.filter((pl.col("material") == material) & pl.col("lot_id").is_in(named)).sort(
            "lot_id", "batch_id"
        )
        for lot, batch in uses.select("lot_id", "batch_id").iter_rows():
            yield f"Lot {lot} of {in_words(material)} was used in batch {batch}, and each of its lots is used once."
