"""What a small or flat history cannot show, as sentences."""

from collections.abc import Iterator, Mapping

import polars as pl

from pipeline.answers.case.case import Case
from pipeline.answers.case.proposed_batch import scale_of
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.display import percent, shown
from pipeline.domain.process.process import Process
from pipeline.domain.scale import larger_scale
from pipeline.extrapolation.kinds import BEYOND_SCALE, NEW_LINEAGE, NEW_PLACE, NEW_PRODUCT, NEW_SCALE, NEW_SOURCE, NEXT_BATCH
from pipeline.extrapolation.reenactment import THIRDS

BATCH_OF_KIND: Mapping[str, str] = {
    NEXT_BATCH: "a further batch of a known product at a known scale and place",
    NEW_PLACE: "at a site that is new to its line, or on new equipment, at a known scale",
    NEW_PRODUCT: "of a new product of a known line",
    NEW_LINEAGE: "of a new line of batches",
    NEW_SCALE: "at a scale that is new to its line",
    BEYOND_SCALE: "at a scale above all batches of history",
    NEW_SOURCE: "of a new level of a grouping",
}
"""Kind of question → what a batch is that asks it."""
BATCHES_OF_KIND: Mapping[str, str] = {
    NEXT_BATCH: "further batches of known products at known scales and places",
    NEW_PLACE: "batches at new sites or on new equipment",
    NEW_PRODUCT: "batches of new products",
    NEW_LINEAGE: "batches of new lines",
    NEW_SCALE: "batches at scales that were new to their line",
    BEYOND_SCALE: "batches at scales above all others",
    NEW_SOURCE: "batches of new levels of a grouping",
    THIRDS: "batches of all kinds, each third of them hidden in turn",
}
"""Re-enacted kind of question → the batches that were forecast."""
FEW_ERRORS = 10
"""Number of past errors below which an answer says how large a chance they can show."""


def small_history_notes(case: Case, run: TrainedRun) -> tuple[str, ...]:
    """Return a sentence for each thing that history cannot show.

    These are an effect of scale, the kind of question, a test of the model, and a spread of results.
    """
    asked = {name: str(final.kinds(case.row)[0]) for name, final in run.model.finals.items()}
    of_run = run.memo.of("small history", lambda: (*_untested(run), *_constant(run)))
    return (*_client(run), *_scale(case, run), *_substituted(case, run, asked), *of_run, *_few_errors(run, asked))


def _client(run: TrainedRun) -> Iterator[str]:
    """Say for which client the run is made, and that others teach it."""
    if run.scope.client is None:
        return
    count = run.history.anonymous.height
    others = (
        f" {count} of its {run.rows.height} batches are of other clients; they teach without their names." if count else ""
    )
    yield f"This run is made for client {run.scope.client}.{others}"


def _scale(case: Case, run: TrainedRun) -> Iterator[str]:
    if not run.process.states_scale and "scale" in run.process.axes.searched:
        yield "The process definition states no batch size, so this answer says nothing about a scale-up."
        return
    if not run.process.states_scale or run.rows["scale_level"].n_unique() > 1:
        return
    ran, asked = float(run.rows["scale"].max()), scale_of(run.process, case.proposal)  # type: ignore[arg-type]
    if larger_scale(asked, ran, run.process.scale.tolerance):
        unit = run.process.attributes[run.process.scale.attribute].si
        yield (
            f"All {run.rows.height} batches of history ran at {shown(ran, unit)}, so history shows no effect of the batch size. "
            f"An effect of it is therefore not in the answer for {shown(asked, unit)}, and the intervals may be too narrow."
        )


def _substituted(case: Case, run: TrainedRun, kinds: Mapping[str, str]) -> Iterator[str]:
    """Say of attributes whose intervals come from another kind of question which kind was asked and which was re-enacted."""
    by_kinds: dict[tuple[str, str], list[str]] = {}
    for name, final in run.model.finals.items():
        asked = kinds[name]
        calibration = final.calibrations[asked]
        if calibration.substituted and final.reasons(case.row)[0] is None:
            by_kinds.setdefault((asked, calibration.reenacted_kind), []).append(run.process.display_name(name))
    for (asked, reenacted), names in by_kinds.items():
        yield (
            f"This batch is {BATCH_OF_KIND[asked]}. History has too few such batches to test forecasts of them. So the "
            f"intervals of {', '.join(names)} come from forecasts of {BATCHES_OF_KIND[reenacted]}, and are widened."
        )


def _untested(run: TrainedRun) -> Iterator[str]:
    tested = set(run.forecasts["cqa"].unique())
    untested = [run.process.display_name(name) for name in run.model.finals if name not in tested]
    if untested:
        yield (
            f"The model of {', '.join(untested)} was not tested on batches that it had not seen, since no protocol applies to "
            "its results; `scalebridge check` says why."
        )


def _constant(run: TrainedRun) -> Iterator[str]:
    for name in run.model.finals:
        results = run.history.results.filter(pl.col("attribute") == name)
        if results["value"].n_unique() == 1 and results["censoring"].n_unique() == 1:
            yield _of_constant(run.process, name, results)


def _few_errors(run: TrainedRun, kinds: Mapping[str, str]) -> Iterator[str]:
    """Say of attributes with a specification how large a chance their few past errors can show, the level that they support."""
    by_errors: dict[tuple[int, float], list[str]] = {}
    for name, final in run.model.finals.items():
        calibration = final.calibrations[kinds[name]]
        errors = len(calibration.residuals)
        if errors < FEW_ERRORS and run.process.attributes[name].specification is not None:
            by_errors.setdefault((errors, calibration.largest_level), []).append(run.process.display_name(name))
    for (errors, level), names in by_errors.items():
        each = names[0] if len(names) == 1 else f"each of {', '.join(names)}"
        yield (
            f"The chance of {each} rests on {errors} past errors of forecasts, which cannot show a "
            f"chance above {percent(round(level, 2))}. A larger value is an extrapolation."
        )


def _of_constant(process: Process, name: str, results: pl.DataFrame) -> str:
    censoring = str(results["censoring"][0])
    where = {"none": "are", "left": "lie at or below the limit", "right": "lie at or above the limit"}[censoring]
    value = shown(float(results["value"][0]), process.attributes[name].si)
    return (
        f"All {results.height} results of {process.display_name(name)} {where} {value}, so history does not show how it varies. "
        "Its interval has no width that history supports."
    )
