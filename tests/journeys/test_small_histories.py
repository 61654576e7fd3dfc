"""Small, flat and bare histories, from `check` to the page: each ends with an answer without NaN, or with one sentence."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from tests.support.project import run_stages
from tests.support.small_history import SmallHistory

pytestmark = pytest.mark.long
ONE_PRODUCT, ONE_SCALE = (("A", 2, 8), ("A", 50, 6)), (("A", 2, 6), ("B", 2, 6))
TWELVE = (("A", 2, 3), ("A", 50, 2), ("B", 2, 3), ("B", 50, 1), ("C", 2, 3))
NO_SCALE = {"scale": None}
ANSWERED = {
    "twelve batches": SmallHistory(TWELVE),
    "one product": SmallHistory(ONE_PRODUCT),
    "one scale": SmallHistory(ONE_SCALE),
    "four batches": SmallHistory((("A", 2, 4),)),
    "one large batch beside few small ones": SmallHistory((("A", 2, 4), ("A", 500, 1))),
    "a product for each batch": SmallHistory(tuple((product, 2, 1) for product in "ABCDEF")),
    "a constant result": SmallHistory(TWELVE, cells={"titre": "4.0"}),
    "no result of an attribute": SmallHistory(TWELVE, results=0),
    "three results of an attribute": SmallHistory(TWELVE, results=3),
    "no setting has a value": SmallHistory(TWELVE, cells={"temperature": "", "agitation": ""}),
    "no setting at all": SmallHistory(TWELVE, ("temperature", "agitation"), proposal={"settings": {}}),
    "no scale": SmallHistory(TWELVE, ("volume",), proposal=NO_SCALE),
    "no product": SmallHistory(ONE_PRODUCT, ("product",), proposal={"product": None}),
    "no dates": SmallHistory(TWELVE, ("start",)),
    "neither scale nor product, dates and vessel": SmallHistory(
        (("A", 2, 6),), ("volume", "product", "start", "vessel"), proposal={"product": None} | NO_SCALE
    ),
    "an unknown product beside one product": SmallHistory((("A", 2, 6),), proposal={"product": "Z"}),
}
REFUSED_BY_CHECK = {
    "one batch": SmallHistory((("A", 2, 1),)),
    "one small and one large batch": SmallHistory((("A", 2, 1), ("A", 500, 1))),
    "no results": SmallHistory(TWELVE, results=0, cells={"titre": ""}),
}
NOT_A_NUMBER = re.compile(r"\b(nan|NaN|inf|Infinity)\b")


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("kind", ANSWERED)
def test_small_history__ends_with_an_answer_without_nan(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = ANSWERED[kind].project(tmp_path)
    monkeypatch.chdir(tmp_path)
    checked = _call("check")
    assert checked.exit_code == 0, checked.exception
    run_stages(places)
    summary, answer = _call("summary"), _call("predict", "data/proposals/a.yaml", "--report", "page.html", "--out", "a.json")
    for shown in (summary, answer):
        assert shown.exit_code == 0, shown.exception
        assert not NOT_A_NUMBER.search(shown.output)
    _no_nan(places)
    _right(kind, checked.output, summary.output, answer.output)


def _no_nan(places: Places) -> None:
    root = places.params.parent
    for file in [*root.glob("*.html"), *places.answers.rglob("*.json"), *places.answers.rglob("*.html"), root / "a.json"]:
        assert not NOT_A_NUMBER.search(file.read_text(encoding="utf-8")), file
    for file in [places.scores, places.forecasts, places.transfer, places.reenactments, places.features]:
        table = pl.read_parquet(file).select(pl.selectors.float())
        assert not any(column.is_nan().any() or column.is_infinite().any() for column in table), file


def _right(kind: str, checked: str, summary: str, answer: str) -> None:
    """Compare what is printed with what the history can show."""
    attributes = json.loads(Path("a.json").read_text(encoding="utf-8"))["steps"][0]["attributes"]
    refused = {name for name, one in attributes.items() if one["outcome"]["state"] == "refused"}
    assert refused == ({"impurity"} if kind == "no result of an attribute" else set())
    for given in EXPECTED.get(kind, ()):
        assert given in " ".join(f"{checked} {summary} {answer}".split()), given


EXPECTED = {
    "one product": [
        "leave product out does not apply: needs at least 2 products",
        "largest scale out applies (1 fold)",
        "as A ran at 50 L in 6 batches",
    ],
    "no product": ["as 6 batches at 50 L ran"],
    "an unknown product beside one product": ["as 6 batches of all products ran"],
    "one scale": [
        "largest scale out does not apply: no lineage (product, strength) was made at two scales",
        "All 12 batches of history ran at 2 L, so history shows no effect of the batch size.",
    ],
    "four batches": [
        "No protocol applies, so no score shows how well the model predicts new batches",
        "No batch was hidden from the model, since no protocol applies to this history",
        "The model of titre, impurity was not tested on batches that it had not seen",
        "titre: carry_over, since too few batches could be hidden to compare models",
    ],
    "a constant result": ["All 12 results of titre are 4 g/L, so history does not show how it varies."],
    "no result of an attribute": [
        "impurity is not predicted: history has no result of it, and 3 are needed",
        "No chance that one batch meets all specifications is given: impurity not answered",
    ],
    "no scale": [
        "past scale ups does not apply",
        "The process definition states no batch size, so this answer says nothing about a scale-up.",
    ],
    "no dates": ["forward in time does not apply: no batch has a start; to use it, record when each batch started"],
}


@pytest.mark.parametrize("kind", REFUSED_BY_CHECK)
def test_small_history__with_nothing_to_learn_is_one_sentence_of_check(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    REFUSED_BY_CHECK[kind].project(tmp_path)
    monkeypatch.chdir(tmp_path)
    checked = _call("check")
    assert isinstance(checked.exception, ScalebridgeError)
    sentence = r"no quality attribute has enough results \(titre \d, impurity \d\): 3 are needed, [^.]*; record more results"
    assert re.fullmatch(sentence, str(checked.exception))
