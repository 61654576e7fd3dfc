"""What each step contributes to the quality of each final batch, without noise.

The train runs once with the reference of the product at all steps: the middle of what development set at the bench, on the bench
machines, with middle lots. Then the batch's own steps replace the reference, one after the other in the order of manufacture. What
a quality attribute changes when a step is replaced is the contribution of that step. The contributions of all steps sum to the
difference between the batch and the reference.
"""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.granulation import granulated
from pipeline.simulators.tablet_train.quality import CQAS, quality
from pipeline.simulators.tablet_train.states import State, pooled
from pipeline.simulators.tablet_train.train import LATER, STEPS, Train, chain, numbers

BENCH = 2.0
"""Batch size of the reference [kg]."""


def _reference(train: Train, step: str) -> dict[str, FloatArray]:
    """Inputs of a step for each final batch: the median over the bench batches of its product."""
    rows = train.inputs[step].filter(pl.col("batch_size") == BENCH)
    names = list(numbers(rows, 0.0))
    middle = rows.group_by("product").agg(pl.col(names).cast(pl.Float64).median())
    final = train.inputs["coating"].select("product")
    return numbers(final.join(middle, on="product", how="left", maintain_order="left"), 0.0)


def _down_to_final(train: Train, step: str, state: State) -> State:
    """State after a step, pooled over the batches that went into each final batch."""
    for later in STEPS[STEPS.index(step) + 1 :]:
        if later in train.transfers:
            source = train.inputs[STEPS[STEPS.index(later) - 1]]["batch"]
            state = pooled(state, source, train.transfers[later], train.inputs[later]["batch"])
    return state


def _finished(reference: Mapping[str, dict[str, FloatArray]], after: str, state: State) -> dict[str, FloatArray]:
    """Quality if all steps after one run with the reference."""
    for step in STEPS[STEPS.index(after) + 1 :]:
        state = LATER[step](state, reference[step])
    return quality(state, reference["coating"])


def contributions(train: Train) -> pl.DataFrame:
    """Contribution of each step: batch, step, then one column per quality attribute; `reference` is a row of its own.

    The rows of one batch sum to its quality without noise.
    """
    reference = {step: _reference(train, step) for step in STEPS}
    states = chain(train, 0.0)
    before = _finished(reference, "granulation", granulated(reference["granulation"]))
    batch = train.inputs["coating"]["batch"]
    tables = [pl.DataFrame({"batch": batch, "step": "reference", **before})]
    for step in STEPS:
        now = _finished(reference, step, _down_to_final(train, step, states[step]))
        tables.append(pl.DataFrame({"batch": batch, "step": step, **{name: now[name] - before[name] for name in CQAS}}))
        before = now
    order = {"reference": 0, **{step: place for place, step in enumerate(STEPS, 1)}}
    table = pl.concat(tables).with_columns(place=pl.col("step").replace_strict(order))
    return table.sort("batch", "place").drop("place")


def deciding_step(table: pl.DataFrame) -> dict[str, str]:
    """Quality attribute → the step whose contributions vary most between final batches."""
    spread = table.filter(pl.col("step") != "reference").group_by("step").agg(pl.col(CQAS).std())
    return {name: str(spread.sort(name, "step")["step"][-1]) for name in CQAS}
