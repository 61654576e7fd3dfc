"""Results of the laboratories."""

import polars as pl

from pipeline.simulators.antibody_train.campaigns import STEPS
from pipeline.simulators.antibody_train.laboratory import TESTS, results
from pipeline.simulators.antibody_train.train import Simulation, TrainRun


def test_results__below_the_reporting_limit_state_the_limit_and_few_are_missing(
    simulation: Simulation, run: TrainRun
) -> None:
    table = results(11, 1.0, simulation, run, "filtration")
    hcp = table.filter(Test="HCP (ELISA)")
    censored = hcp.filter(pl.col("Result").str.starts_with("<"))
    assert censored["Result"].unique().to_list() == ["<10"]
    assert 0.02 < censored.height / hcp.height < 0.3
    assert 0 < 4 * 240 - table.height < 30


def test_results__without_noise_are_the_rounded_truth(simulation: Simulation, run: TrainRun) -> None:
    for step in STEPS:
        table = results(11, 0.0, simulation, run, step)
        for test in TESTS[step]:
            own = table.filter(Test=test.name).filter(~pl.col("Result").str.starts_with("<"))
            true = (
                simulation.rows[step]
                .select(Batch="batch")
                .with_columns(true=pl.Series(run.steps[step].after[test.quantity]))
            )
            joined = own.join(true, on="Batch")
            assert (joined["Result"].cast(pl.Float64) - joined["true"]).abs().max() <= 0.5 * 10**-test.decimals + 1e-9  # type: ignore[operator]
