"""The recommended action: one setting before many, a setting before a run, and none where nothing helps."""

from dataclasses import replace

from pipeline.answers.overview.action import action
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.prediction import JointChance
from pipeline.answers.result.scenarios import ReachedLevel, ResponseCurve, Scenarios, SettingValue, Withheld
from tests.support.example_result import NEXT_RUNS, example
from tests.support.trained_pot import answered

ANSWER = example()
PLAYED = answered(depth="whole", tolerances={"agitation": "6 rpm"}, limits={"agitation": ["30 rpm", "90 rpm"]}).scenarios
CLEAR = 0.005


def curve(parameter: str, chances: tuple[float, ...]) -> ResponseCurve:
    values = (10.0, 20.0, 30.0)
    return ResponseCurve(parameter, "rpm", 20.0, values, "V-1 has run 10 to 30 rpm", True, {"titre": values}, chances)


def asked(*curves: ResponseCurve, joint: float = 0.4, **changes: object) -> Answer:
    assert isinstance(PLAYED, Scenarios)
    played = replace(PLAYED, curves=curves, reached=None)
    return replace(ANSWER, joint=JointChance(joint, ("titre",), 9, 5), scenarios=played, next_runs=NEXT_RUNS, **changes)


def test_action__is_the_single_setting_with_the_largest_gain() -> None:
    found = action(asked(curve("agitation", (0.3, 0.4, 0.5)), curve("ph", (0.6, 0.4, 0.4))), CLEAR)
    assert found is not None
    assert found.kind == "setting"
    assert found.sentence.startswith(
        "Set pH to 10 rpm instead of 20 rpm (V-1 has run 10 to 30 rpm): the joint chance rises from 40 % to 60 %."
    )


def test_action__is_a_run_where_no_setting_raises_the_chance() -> None:
    found = action(asked(curve("agitation", (0.4, 0.4, 0.404))), CLEAR)
    assert found is not None
    assert found.kind == "run"
    assert found.sentence == (
        "Run one batch at 500 L in V-500 first: the chance that go or no-go is wrong falls from 39 % to 31 %."
    )


def test_action__is_no_rise_from_a_chance_to_the_same_words() -> None:
    """Few products cannot show a chance below 17 %: 2 % and 12 % are written alike."""
    found = action(few_products(0.12), CLEAR)
    assert found is not None
    assert found.kind == "run"


def test_action__is_all_settings_together_where_one_alone_does_not_show() -> None:
    found = action(few_products(0.38), CLEAR)
    assert found is not None
    assert found.kind == "setting"
    assert found.sentence == (
        "Change 2 settings together: the joint chance rises from below 17 % to 38 %; see “What to set”. "
        "No single setting raises it noticeably."
    )


def few_products(together: float) -> Answer:
    """An answer where one setting raises the chance from 2 to 12 %, and two settings to `together`."""
    answer = asked(curve("agitation", (0.02, 0.02, 0.12)), joint=0.02)
    played = answer.scenarios
    assert isinstance(played, Scenarios)
    settings = (SettingValue("agitation", "rpm", 30.0), SettingValue("ph", "", 7.1))
    reached = ReachedLevel(None, together, settings, at_set_points=False)
    return replace(answer, scenarios=replace(played, supported=5 / 6, reached=reached))


def test_action__says_what_remains_where_nothing_helps() -> None:
    found = action(replace(asked(curve("agitation", (0.4, 0.4, 0.4))), next_runs=Withheld("no model")), CLEAR)
    assert found is not None
    assert found.kind == "none found"
    assert "the process or the specification of titre" in found.sentence


def test_action__is_not_needed_where_the_wanted_chance_is_reached() -> None:
    found = action(asked(curve("agitation", (0.99, 0.95, 0.9)), joint=0.95), CLEAR)
    assert found is not None
    assert found.kind == "none needed"


def test_action__is_none_without_scenarios() -> None:
    assert action(ANSWER, CLEAR) is None
    assert action(replace(ANSWER, scenarios=Withheld("a gap")), CLEAR) is None
