"""Protocols over an attribute: a cut hides one side of a limit, listed groups hide the batches of their lists."""

import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.domain.attributes import Attribute
from pipeline.domain.tables import Folds
from pipeline.extrapolation.attribute_protocols import (
    Cut,
    ListedGroups,
    attribute_problem,
    hidden_in_words,
    hide,
    with_attributes,
)
from pipeline.extrapolation.hiding import NotApplicableError
from pipeline.extrapolation.protocols import Split, fold_table
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.rows import batch_rows

INCH = 0.0254
ATTRIBUTES = {
    "diameter": Attribute("CPP", "plan", "x", unit="mm"),
    "code": Attribute("context", "plan", "x", kind="text"),
}
ROWS = pl.DataFrame(
    {
        "batch_id": ["B1", "B2", "B3", "B4", "B5"],
        "diameter": [8 * INCH, 0.254, 0.1 * 2.54, 12 * INCH, None],
        "code": ["1", "2", "3", "15", None],
    }
)


def _cut(**given: str | float) -> Cut:
    return Cut(kind="cut", attribute="diameter", **given)  # type: ignore[arg-type]


def _groups(*folds: tuple[str | int, ...], left_out: tuple[str | int, ...] = ()) -> ListedGroups:
    return ListedGroups("listed_groups", "code", folds, left_out)


def _sides(folds: pl.DataFrame, fold: int = 0) -> tuple[list[str], list[str]]:
    """Names of the training and of the test batches of a fold."""
    own = folds.filter(pl.col("fold") == fold)
    train, test = (own.filter(pl.col("role") == role)["batch_id"].to_list() for role in ("train", "test"))
    return train, test


@pytest.mark.parametrize(
    ("protocol", "train", "test"),
    [
        (_cut(above="10 in"), ["B1", "B2", "B3"], ["B4"]),
        (_cut(above=254), ["B1", "B2", "B3"], ["B4"]),
        (_cut(below="10 in"), ["B2", "B3", "B4"], ["B1"]),
    ],
)
def test_cut__the_limit_itself_is_learned_from_and_a_batch_without_a_value_has_no_role(
    protocol: Cut, train: list[str], test: list[str]
) -> None:
    assert _sides(hide(ROWS, protocol, ATTRIBUTES)) == (train, test)


@pytest.mark.parametrize(
    ("protocol", "reason"),
    [
        (_cut(above="13 in"), "no batch has diameter above 13 in; history holds 203.2 to 304.8 mm"),
        (_cut(above=100), "every batch has diameter above 100 mm; history holds 203.2 to 304.8 mm"),
        (_cut(below="8 in"), "no batch has diameter below 8 in; history holds 203.2 to 304.8 mm"),
    ],
)
def test_cut__with_all_batches_on_one_side_does_not_apply(protocol: Cut, reason: str) -> None:
    with pytest.raises(NotApplicableError) as error:
        hide(ROWS, protocol, ATTRIBUTES)
    assert str(error.value) == reason


@pytest.mark.parametrize("rows", [ROWS.drop("diameter"), ROWS.with_columns(pl.lit(None, pl.Float64).alias("diameter"))])
def test_cut__without_any_value_does_not_apply(rows: pl.DataFrame) -> None:
    with pytest.raises(NotApplicableError, match=r"^no batch has a value of diameter$"):
        hide(rows, _cut(above="10 in"), ATTRIBUTES)


@pytest.mark.parametrize("limits", [{}, {"above": 1, "below": 2}])
def test_cut__needs_one_limit(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="a cut needs either `above` or `below`"):
        _cut(**limits)


def test_listed_groups__hide_each_list_and_learn_from_groups_that_are_in_none() -> None:
    folds = hide(ROWS, _groups((1, 2), ("3",)), ATTRIBUTES)
    assert _sides(folds, 0) == (["B3", "B4"], ["B1", "B2"])
    assert _sides(folds, 1) == (["B1", "B2", "B4"], ["B3"])


def test_listed_groups__what_is_left_out_has_no_role_in_any_fold() -> None:
    folds = hide(ROWS, _groups((1, 2), (3,), left_out=(15,)), ATTRIBUTES)
    assert _sides(folds, 0) == (["B3"], ["B1", "B2"])
    assert _sides(folds, 1) == (["B1", "B2"], ["B3"])


def test_listed_groups__a_group_without_a_batch_does_not_apply() -> None:
    with pytest.raises(NotApplicableError, match=r"^no batch has code '99', '7'; history holds '1', '15', '2', '3'$"):
        hide(ROWS, _groups((1, 99), left_out=(7,)), ATTRIBUTES)


def test_listed_groups__a_list_of_all_that_is_left_does_not_apply() -> None:
    with pytest.raises(
        NotApplicableError, match=r"^list 1 holds every group of code that is not left out, so no batch is left"
    ):
        hide(ROWS, _groups((1, 2, 3), left_out=(15,)), ATTRIBUTES)


@pytest.mark.parametrize("protocol", [((1, "1"),), ((1,), (2, 1))])
def test_listed_groups__refuse_a_group_that_is_listed_twice(protocol: tuple[tuple[str | int, ...], ...]) -> None:
    with pytest.raises(ValidationError, match="the group '1' is listed twice; list each group once"):
        _groups(*protocol)
    with pytest.raises(ValidationError, match="the group '1' is listed twice"):
        _groups((1,), left_out=("1",))


def test_fold_table__scores_each_under_its_own_name() -> None:
    rows = batch_rows(4).with_columns((pl.col("x").rank() / 10).alias("diameter"), pl.col("product").alias("code"))
    split = Split(
        (
            Cut("cut", "diameter", above=2000.0, name="large"),
            Cut("cut", "diameter", above=1e9),
            ListedGroups("listed_groups", "code", (("P0", "P1"), ("P2",)), ("P3",)),
        )
    )
    table, skipped = fold_table(rows, split, ATTRIBUTES)
    Folds.validate(table)
    assert table["protocol"].unique().sort().to_list() == ["large", "listed_groups"]
    assert table["as_of"].null_count() == table.height
    assert list(skipped) == ["cut"]
    assert split.attributes == ["diameter", "diameter", "code"]


def test_hidden_in_words__says_the_limit_as_it_is_written() -> None:
    assert hidden_in_words(_cut(above="10 in"), ATTRIBUTES) == "diameter above 10 in"
    assert hidden_in_words(_cut(below=250), ATTRIBUTES) == "diameter below 250 mm"
    assert hidden_in_words(_groups((1,), (2,)), ATTRIBUTES) == "code in 2 lists"


def test_with_attributes__adds_the_columns_that_rows_lack() -> None:
    rows = ROWS.select("batch_id", "code").sort("batch_id", descending=True)
    found = with_attributes(rows, ROWS.with_columns(code=pl.lit("other")), ["code", "diameter", "nowhere", "diameter"])
    assert found.columns == ["batch_id", "code", "diameter"]
    assert found["code"].to_list() == rows["code"].to_list()
    assert found["diameter"].to_list() == ROWS["diameter"].reverse().to_list()


@pytest.mark.parametrize(
    ("protocol", "problem"),
    [
        (
            Cut("cut", "volum", above="10 L"),
            "the protocol 'cut' names 'volum', which is no attribute of process 'small'; similar: 'volume'; attributes that it "
            "can use are volume, temperature",
        ),
        (
            Cut("cut", "product", above=1, name="big"),
            "the protocol 'big' needs an attribute of kind 'number', and 'product' is",
        ),
        (
            Cut("cut", "volume", above="10 in"),
            "the protocol 'cut', `above`: '10 in' has the unit 'in', which cannot be converted",
        ),
        (Cut("cut", "volume", below="ten"), "the protocol 'cut', `below`: 'ten' is not a number with a unit"),
        (Cut("cut", "titre", above=1), "names 'titre', which is no column of the batch rows"),
        (
            ListedGroups("listed_groups", "volume", (("A",),)),
            "needs an attribute of kind 'text', and 'volume' is of kind 'number'",
        ),
        (ListedGroups("listed_groups", "batch", (("A",),)), "names 'batch', which is no column of the batch rows"),
    ],
)
def test_attribute_problem__says_what_is_wrong_and_what_can_be_used(
    small: Make, protocol: Cut | ListedGroups, problem: str
) -> None:
    assert problem in (attribute_problem(protocol, process_of(small())) or "")


def test_attribute_problem__is_none_where_the_unit_converts(small: Make) -> None:
    assert attribute_problem(Cut("cut", "volume", above="1 m3"), process_of(small())) is None
