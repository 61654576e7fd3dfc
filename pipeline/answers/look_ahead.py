"""Scenarios and next runs of an answer, or the reason why they are withheld."""

from collections.abc import Mapping

from pipeline.answers.case.case import Case
from pipeline.answers.joint import supported_chance
from pipeline.answers.next_runs.summary import next_runs_part
from pipeline.answers.result.answer import NextRunsPart, ScenarioPart
from pipeline.answers.result.scenarios import Withheld
from pipeline.answers.scenarios.scenarios import scenarios
from pipeline.answers.scenarios.setup import scenario_setup
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.specification_limits import limits_of
from pipeline.forecasting.batch_forecaster import BatchForecaster

Names = Mapping[str, str]
"""Attribute or feature → display name."""


def look_ahead(
    case: Case, run: TrainedRun, forecaster: BatchForecaster, refused: Mapping[str, str], names: Names
) -> tuple[ScenarioPart, NextRunsPart]:
    """Return scenarios and next runs. A gap in the transfer map or a refused attribute withholds both."""
    if reason := _reason_withheld(case, run, refused, names):
        return Withheld(reason), Withheld(reason)
    setup = scenario_setup(
        run.process, case.proposal, case.proposed, run.history, forecaster, run.decision.scenarios, run.settings
    )
    kinds = {name: run.model.finals[name].kinds(case.row)[0] for name in limits_of(run.process, forecaster.targets)}
    supported = supported_chance(run, kinds)
    played = scenarios(setup, case.reference, run.seed, names, supported)
    return played, next_runs_part(case, run, setup, supported)


def _reason_withheld(case: Case, run: TrainedRun, refused: Mapping[str, str], names: Names) -> str | None:
    """Return why scenarios and next runs are withheld, or None.

    If an attribute with a specification is refused, the chance of a whole batch is unknown, so nothing is computed.
    """
    mapped = case.transfer_map
    if mapped.blocked or mapped.lacking:
        gaps = [*(gap.attribute for gap in mapped.blocked), *(gap.attribute for gap in mapped.lacking)]
        return f"the transfer map names gaps that the prediction depends on: {', '.join(names[gap] for gap in gaps)}"
    limited = [name for name in refused if run.process.attributes[name].specification is not None]
    if limited or len(refused) == len(run.model.finals):
        return f"not answered: {', '.join(names[name] for name in limited or refused)}"
    return None
