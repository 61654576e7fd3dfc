"""The course that the plan lets expect."""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.models.base import Task
from pipeline.monitoring.level import between_nodes, fit_level, level_task, nodes_of, telling_quantities
from tests.support.rows import batch_rows

TASK = Task("oxygen", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product",))
NODES = np.linspace(0, 1, 12)


def _courses(rows: pl.DataFrame, plan: float, product: float, noise: float, seed: int = 1) -> FloatArray:
    """Return courses that follow the quantity x of the plan and the product, with noise of each batch."""
    rng = np.random.default_rng(seed)
    effect = np.random.default_rng(7).normal(size=rows["product"].n_unique())
    of_product = effect[rows["product"].rank("dense").to_numpy().astype(int) - 1]
    level = plan * rows["x"].to_numpy() + product * of_product + noise * rng.normal(size=rows.height)
    return 5 - NODES + level[:, None] * (1 + NODES)


def test_level__follows_what_the_plan_says() -> None:
    rows = batch_rows(each=6)
    courses = _courses(rows, 1.0, 0.0, 0.1)
    found = fit_level(courses, rows, TASK)
    new = batch_rows(each=6, seed=3)
    wanted = _courses(new, 1.0, 0.0, 0.0)
    assert np.abs(found.course(new) - wanted).mean() < 0.3 * np.abs(wanted - wanted.mean(axis=0)).mean()
    assert telling_quantities([found], 1) == ("x",)


def test_level__of_noise_is_the_mean_course() -> None:
    rows = batch_rows(each=6)
    found = fit_level(_courses(rows, 0.0, 0.0, 1.0), rows, TASK)
    assert all(model is None for model in found.scores)
    assert np.ptp(found.course(rows), axis=0) == pytest.approx(np.zeros(12))
    assert telling_quantities([found], 8) == ()


def test_level__of_a_product_with_one_batch_is_drawn_to_the_others() -> None:
    rows = batch_rows(each=6)
    courses = _courses(rows, 0.0, 1.0, 0.5)
    odd = pl.concat([rows, rows[:1].with_columns(product=pl.lit("new"), lineage=pl.lit("new"), batch_id=pl.lit("Z"))])
    far = np.concatenate([courses, courses[:1] + 6.0])
    found = fit_level(far, odd, TASK)
    own, mean = found.course(odd)[-1].mean(), courses.mean()
    assert mean + 0.5 < own < far[-1].mean() - 0.5


def test_level__from_few_batches_or_equal_ones_is_the_mean_course() -> None:
    rows = batch_rows(each=6)
    few = fit_level(_courses(rows[:7], 1.0, 0.0, 0.1), rows[:7], TASK)
    assert all(model is None for model in few.scores)
    same = rows.with_columns(product=pl.lit("P"), lineage=pl.lit("P"), x=pl.lit(1.0), log10_scale=pl.lit(0.0))
    found = fit_level(_courses(rows, 1.0, 0.0, 0.1), same, TASK)
    assert all(model is None for model in found.scores)


def test_level__learns_from_batches_with_gaps_and_leaves_out_those_without_values() -> None:
    rows = batch_rows(each=6)
    courses = _courses(rows, 1.0, 0.0, 0.05)
    whole = fit_level(courses, rows, TASK).course(rows)
    gaps = np.where(np.random.default_rng(3).uniform(size=courses.shape) < 0.2, np.nan, courses)
    gaps[::10] = np.nan
    found = fit_level(gaps, rows, TASK).course(rows)
    assert np.abs(found - whole).mean() < 0.15


def test_level_task__has_no_limits_of_an_attribute() -> None:
    task = level_task(Task("y", ("x",), (), lowest=0.0, highest=1.0, refuse=("site",), rising=("x",)), "oxygen")
    assert (task.target, task.lowest, task.highest, task.refuse, task.rising) == ("oxygen", None, None, (), ())
    assert task.numeric == ("x",)


def test_nodes__are_medians_of_groups_of_points() -> None:
    values = np.array([1, 2, 9, 4, np.nan, 6, 7])[None, :, None]
    assert nodes_of(values, 3)[0, :, 0].tolist() == [2, 5, 7]
    assert np.isnan(nodes_of(np.full((1, 4, 1), np.nan), 2)).all()


def test_between_nodes__is_interpolated_and_held_at_the_ends() -> None:
    assert between_nodes(np.array([[1.0, 4.0]]), 3, 8)[0] == pytest.approx([1, 1, 2, 3, 4, 4, 4, 4])
    assert between_nodes(np.array([[2.0]]), 3, 4).tolist() == [[2, 2, 2, 2]]
