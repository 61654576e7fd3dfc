"""When and where patient lots are made."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.plan import Plan, plan
from pipeline.simulators.cell_therapy.products import PRODUCTS
from pipeline.simulators.cell_therapy.schedule import begins, devices_in_parallel, schedule
from pipeline.simulators.cell_therapy.sites import SITES


@pytest.mark.parametrize(("products", "centres", "patients"), [(4, 6, 300), (2, 3, 60), (4, 6, 60), (3, 4, 1000)])
def test_schedule__has_the_wanted_size(products: int, centres: int, patients: int) -> None:
    rows = schedule(CellTherapyConfig(products=products, centres=centres, patients=patients))
    assert rows.height == patients
    assert rows["lot"].is_unique().all()
    assert (rows["product"].n_unique(), rows["site"].n_unique()) == (products, centres)
    assert rows["received"].is_sorted()
    assert rows.group_by("product", "site").len()["len"].min() >= 3  # type: ignore[operator]


def test_schedule__centres_begin_one_after_another(made: Plan) -> None:
    first = made.rows.group_by("site").agg(pl.col("received").min()).sort("received")
    assert first["site"].to_list() == [site.name for site in SITES]


def test_schedule__some_product_never_ran_at_some_centre(made: Plan) -> None:
    ran = set(made.rows.select("product", "site").unique().iter_rows())
    assert len(ran) == sum(product.centres for product in PRODUCTS)
    assert ("CT-22D", "Toronto") not in ran


def test_begins__a_product_is_not_at_a_centre_before_both_exist() -> None:
    for product, one in enumerate(PRODUCTS):
        assert all(begins(product, site) >= max(one.begins, SITES[site].begins) for site in range(len(SITES)))


def test_devices_in_parallel__grow_from_one_to_the_most() -> None:
    for site, place in enumerate(SITES):
        course = devices_in_parallel(site, np.linspace(place.begins, 1, 200))
        assert (course[0], course[-1]) == (1, place.most_devices)
        assert (np.diff(course) >= 0).all()


def test_devices_in_parallel__reach_fifty_somewhere(made: Plan) -> None:
    assert (made.rows["devices_in_parallel"].min(), made.rows["devices_in_parallel"].max()) == (1, 50)


def test_hold_time__grows_with_the_devices_that_a_team_serves(made: Plan) -> None:
    rows = made.rows.filter(pl.col("site") == "Basel").with_columns(busy=pl.col("load") > 2)
    held = dict(rows.group_by("busy").agg(pl.col("hold_time").median()).iter_rows())
    assert held[True] > 1.5 * held[False]


def test_donor_lots__are_one_per_patient_lot() -> None:
    rows = plan(CellTherapyConfig(patients=1000)).rows
    assert rows["donor_lot"].is_unique().all()


def test_settings__are_wide_in_development_and_narrow_elsewhere(made: Plan) -> None:
    spread = {name: float(np.std(np.log(own["moi"].to_numpy()))) for (name,), own in made.rows.group_by("site")}
    assert all(spread["Ghent"] > 2 * sd for name, sd in spread.items() if name != "Ghent")
