"""The record of past predictions in the terminal."""

from pipeline.answers.result.past_predictions import PastPredictions, ScoredPrediction, UnscoredAnswer
from pipeline.reports.terminal.answer import PlainConsole
from pipeline.reports.terminal.past_predictions import show_past_predictions

SCORED = (
    ScoredPrediction("a1", "2026-01-02T03:04:05Z", "kim", "to 2,000 L", "B7", "titre", "g/L", 5.0, 4.0, 6.0, 5.5, True),
    ScoredPrediction(
        "a1", "2026-01-02T03:04:05Z", "kim", "to 2,000 L", "B7", "hcp", "ng/mg", 90.0, 80.0, 100.0, 120.0, False
    ),
)
UNSCORED = (
    UnscoredAnswer(
        "a2", "2026-01-03T03:04:05Z", "kim", "to 500 L", "run differently", "B8: agitation 60 rpm instead of 52 rpm"
    ),
)


def shown(found: PastPredictions) -> list[str]:
    console = PlainConsole(160)
    with console.capture() as captured:
        show_past_predictions(found, {"hcp": "HCP"}, console)
    return captured.get().splitlines()


def test_show__each_prediction_stands_beside_its_result() -> None:
    lines = shown(PastPredictions(2, SCORED, UNSCORED, "Of 2 predictions …", ("a3.json: damaged",)))
    assert lines[0] == "Of 2 predictions …"
    titre, hcp = (next(line for line in lines if name in line) for name in (" titre ", " HCP "))
    assert titre.split()[-6:] == ["5", "4", "–", "6", "5.5", "inside"]
    assert hcp.endswith("OUTSIDE")
    assert any("run differently" in line and "instead of 52 rpm" in line for line in lines)
    assert lines[-1] == "Not read: a3.json: damaged"


def test_show__without_answers_is_one_line() -> None:
    assert shown(PastPredictions(0, (), (), "No earlier answer is on record.")) == ["No earlier answer is on record."]
