"""Re-enactment of a kind of question: every hidden batch asks the kind that the folds name."""

from collections.abc import Iterator

import polars as pl
import pytest

from pipeline.domain.scale import DEFAULT_TOLERANCE
from pipeline.extrapolation.kinds import (
    BEYOND_SCALE,
    KIND_COLUMN,
    KINDS,
    NEW_LINEAGE,
    NEW_PLACE,
    NEW_PRODUCT,
    NEW_SCALE,
    NEW_SOURCE,
    NEXT_BATCH,
    TrainingExtent,
)
from pipeline.extrapolation.reenactment import (
    LEAST_ASKED,
    LEAST_PRODUCTS,
    LEAST_RESULTS,
    THIRDS,
    reenact,
    train_and_test,
)
from tests.support.rows import batch_rows

NO_DATE = pl.lit(None, pl.Datetime("us")).alias("started_at")


def _plants(lineages: int = 6) -> pl.DataFrame:
    """Return lineages of two products each, made at three scales at two sites, on two vessels per scale and site."""
    rows = batch_rows(lineages, each=8).with_row_index("n")
    n, site = pl.col("n").cast(pl.Int64), pl.col("site")
    return rows.with_columns(
        pl.concat_str("lineage", (n // 2 % 2).cast(pl.String), separator="-").alias("product"),
        pl.concat_str("site", "scale_level", (n // 4 % 2).cast(pl.String), separator="-").alias("equipment"),
        pl.when(n % 5 == 0).then(pl.lit("rare")).otherwise("usual" + site).alias("source"),
    ).drop("n")


def _reenact(rows: pl.DataFrame, kind: str, refuse: tuple[str, ...] = (), folds: int = 3) -> pl.DataFrame:
    return reenact(rows, kind, DEFAULT_TOLERANCE, refuse, folds)


def _asked(rows: pl.DataFrame, folds: pl.DataFrame, refuse: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the kind of question that each hidden batch asks of the training rows of its fold."""
    for _, train, test in train_and_test(rows, folds):
        yield from test.select(TrainingExtent.of(train, DEFAULT_TOLERANCE, refuse).kind()).to_series()


def _hidden(rows: pl.DataFrame, folds: pl.DataFrame) -> pl.DataFrame:
    return rows.join(folds.filter(pl.col("role") == "test").select("batch_id").unique(), on="batch_id")


@pytest.mark.parametrize("kind", KINDS)
def test_reenact__every_hidden_batch_asks_the_kind(kind: str) -> None:
    rows = _plants()
    folds = _reenact(rows, kind, ("source",))
    assert folds[KIND_COLUMN].unique().to_list() == [kind]
    assert set(_asked(rows, folds, ("source",))) == {kind}
    hidden = _hidden(rows, folds)
    assert hidden.height >= LEAST_ASKED
    assert hidden["product"].n_unique() >= LEAST_PRODUCTS


@pytest.mark.parametrize("kind", KINDS)
def test_reenact__a_batch_has_one_role_in_a_fold(kind: str) -> None:
    folds = _reenact(_plants(), kind, ("source",))
    assert folds.select("fold", "batch_id").is_unique().all()


def test_reenact__a_hidden_batch_of_another_kind_has_no_role() -> None:
    """The later batches of P3 are the first ones of this product at a new site, so they ask no repeat until some are known."""
    rows = batch_rows(4, each=8).sort("lineage", "scale_level", "started_at", "batch_id")
    later = pl.int_range(pl.len()).over("lineage", "scale_level") >= 2
    moved = pl.when((pl.col("product") == "P3") & later).then(pl.lit("new")).otherwise("site")
    rows = rows.with_columns(moved.alias("site"))
    folds = _reenact(rows, NEXT_BATCH)
    assert folds[KIND_COLUMN].unique().to_list() == [NEXT_BATCH]
    for _, train, test in train_and_test(rows, folds):
        at_new = test.filter((pl.col("product") == "P3") & (pl.col("site") == "new"))
        assert at_new.is_empty() or not train.filter((pl.col("product") == "P3") & (pl.col("site") == "new")).is_empty()


@pytest.mark.parametrize("dated", [True, False])
def test_next_batch__is_predicted_from_the_earlier_batches_of_its_line_and_scale(dated: bool) -> None:
    rows = _plants() if dated else _plants().with_columns(NO_DATE)
    folds = _reenact(rows, NEXT_BATCH)
    assert folds[KIND_COLUMN].unique().to_list() == [NEXT_BATCH]
    assert folds.filter(role="test")["batch_id"].is_unique().all()
    order = "started_at" if dated else "batch_id"
    for _, train, test in train_and_test(rows, folds):
        own = train.join(
            test.select("lineage", "scale_level", pl.col(order).alias("_hidden")), on=["lineage", "scale_level"]
        )
        assert own.height
        assert (own[order] <= own["_hidden"]).all()


def test_next_batch__is_not_predicted_from_a_result_of_its_line_that_came_later() -> None:
    """Each result is known 12 days after the start, when the next batches of the line have started."""
    rows = _plants().with_columns(pl.col("started_at").dt.offset_by("12d").alias("available_at"))
    folds = _reenact(rows, NEXT_BATCH)
    for _, train, test in train_and_test(rows, folds):
        begun = test.group_by("lineage", "scale_level").agg(pl.col("started_at").min().alias("_begun"))
        own = train.join(begun, on=["lineage", "scale_level"])
        assert (own["available_at"] <= own["_begun"]).all()


def test_new_place__hides_a_lineage_at_one_of_its_sites() -> None:
    """A lineage stays known from its other site. Batches of other lineages at the hidden site are still learned from."""
    rows = _plants().drop("equipment")
    folds = _reenact(rows, NEW_PLACE)
    assert folds[KIND_COLUMN].unique().to_list() == [NEW_PLACE]
    for _, train, test in train_and_test(rows, folds):
        assert test.join(train, on=["lineage", "site"]).is_empty()
        assert set(test["lineage"]) <= set(train["lineage"])


def test_new_place__hides_equipment_where_each_lineage_has_one_site() -> None:
    rows = _plants().with_columns(site=pl.lit("A"))
    folds = _reenact(rows, NEW_PLACE)
    assert set(_asked(rows, folds)) == {NEW_PLACE}
    for _, train, test in train_and_test(rows, folds):
        assert set(test["equipment"]).isdisjoint(train["equipment"])


@pytest.mark.parametrize(("scales", "least"), [((0.001, 0.01, 0.1, 1.0), 2), ((0.001, 0.01, 0.1), 2), ((0.001, 0.01), 1)])
def test_beyond_scale__is_learned_from_two_scales_where_history_has_three(scales: tuple[float, ...], least: int) -> None:
    """From one scale no model learns what a change of scale does, so such a step is harder than the question."""
    rows = batch_rows(6, scales, each=8)
    folds = _reenact(rows, BEYOND_SCALE)
    assert folds[KIND_COLUMN].unique().to_list() == [BEYOND_SCALE]
    known = [train["scale_level"].n_unique() for _, train, _ in train_and_test(rows, folds)]
    assert known == list(range(least, len(scales)))


def test_beyond_scale__is_learned_from_one_scale_where_too_few_batches_lie_above_two() -> None:
    rows = batch_rows(6, (0.001, 0.01, 0.1), each=8).filter((pl.col("scale") < 0.05) | (pl.col("lineage") == "P0"))
    folds = _reenact(rows, BEYOND_SCALE)
    assert folds[KIND_COLUMN].unique().to_list() == [BEYOND_SCALE]
    assert min(train["scale_level"].n_unique() for _, train, _ in train_and_test(rows, folds)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_reenact__names_the_kind_that_is_asked_where_history_cannot_show_the_wanted_one(kind: str) -> None:
    """Products are lineages here, and no site or equipment is stated."""
    rows = batch_rows(6).drop("site")
    folds = _reenact(rows, kind)
    shown = {NEW_PRODUCT: NEW_LINEAGE, NEW_PLACE: NEW_SCALE, NEW_SOURCE: NEW_LINEAGE}.get(kind, kind)
    assert folds[KIND_COLUMN].unique().to_list() == [shown]
    assert set(_asked(rows, folds)) == {shown}


@pytest.mark.parametrize(("each", "shown"), [(1, NEW_LINEAGE), (2, NEW_SCALE)])
def test_reenact__takes_the_nearest_kind_where_too_few_batches_ask_the_wanted_one(each: int, shown: str) -> None:
    """Three lineages with 1 batch each at a larger scale are too few batches for a new scale; 2 each are enough."""
    rows = batch_rows(3).drop("site").filter(pl.col("scale") < 2)
    few = rows.filter((pl.col("scale") < 0.05) | (pl.int_range(pl.len()).over("lineage", "scale") < each))
    assert _reenact(few, NEW_SCALE)[KIND_COLUMN].unique().to_list() == [shown]


@pytest.mark.parametrize(("products", "shown"), [(2, NEW_LINEAGE), (3, NEW_SCALE)])
def test_reenact__takes_the_nearest_kind_where_too_few_products_ask_the_wanted_one(products: int, shown: str) -> None:
    """Two of four products ran at a larger scale, with 6 batches each: their errors do not show how products differ."""
    rows = batch_rows(4).drop("site").filter(pl.col("scale") < 2)
    few = rows.filter((pl.col("scale") < 0.05) | (pl.col("lineage") < f"P{products}"))
    assert _reenact(few, NEW_SCALE)[KIND_COLUMN].unique().to_list() == [shown]


def test_reenact__takes_the_kind_that_most_batches_ask_where_none_is_asked_often_enough() -> None:
    """Four results of one lineage: none is asked by five, and each of the four can be hidden as a next batch."""
    rows = batch_rows(1, (0.001,), each=4).with_columns(NO_DATE).drop("site")
    folds = _reenact(rows, NEW_LINEAGE)
    assert folds[KIND_COLUMN].unique().to_list() == [NEXT_BATCH]
    assert _hidden(rows, folds).height == rows.height


@pytest.mark.parametrize("count", [LEAST_RESULTS, 4, 5, 8])
@pytest.mark.parametrize("products", [1, 5])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != NEW_SOURCE])
def test_reenact__hides_batches_of_any_history_with_three_rows(kind: str, products: int, count: int) -> None:
    rows = batch_rows(products, (0.001,), each=8 // products + 1).head(count)
    folds = _reenact(rows, kind, folds=4)
    assert list(train_and_test(rows, folds))
    assert set(_asked(rows, folds)) == {folds[KIND_COLUMN][0]}


def test_reenact__hides_thirds_where_no_batch_asks_a_near_kind() -> None:
    """Each batch is of its own source, and unknown sources are refused: a hidden batch asks `new_source` whatever is hidden."""
    rows = batch_rows(1, (0.001,), each=3).with_columns(source=pl.col("batch_id"))
    folds = _reenact(rows, BEYOND_SCALE, ("source",))
    assert folds[KIND_COLUMN].unique().to_list() == [THIRDS]
    assert _hidden(rows, folds).height == rows.height


def test_reenact__a_new_device_is_a_lineage_on_one_of_its_devices() -> None:
    """Every device ran every product, so that no device is new to all when one of them is hidden for one product."""
    rows = batch_rows(8, (0.05,)).with_columns(site=pl.lit("A"), equipment=pl.format("V{}", pl.int_range(pl.len()) % 2))
    asked = reenact(rows, NEW_PLACE, DEFAULT_TOLERANCE, (), 4, by_device=True).join(rows, on="batch_id")
    assert asked[KIND_COLUMN].unique().to_list() == [NEW_PLACE]
    for _, fold in asked.group_by("fold"):
        test, train = (fold.filter(role=role) for role in ("test", "train"))
        hidden = set(test.select("lineage", "equipment").unique().iter_rows())
        assert not hidden & set(train.select("lineage", "equipment").iter_rows())
        assert set(test["equipment"]) <= set(train["equipment"])
