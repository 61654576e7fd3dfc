"""The monitors of other packages give what the packages give batch by batch, and look at no record that comes later."""

import contextlib
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from monitoring_peers import MONITORS, after, process_improve, pyphi, textbook
from multiway import carried_forward, courses, lengths

from pipeline.domain.arrays import FloatArray

PACKAGES = {"process-improve": "process_improve", "pyphi-mvda": "pyphi"}
pytestmark = pytest.mark.filterwarnings("ignore")


def _monitor(name: str) -> Any:
    for start, package in PACKAGES.items():
        if name.startswith(start):
            pytest.importorskip(package, reason="needs the extra `bench`")
    return MONITORS[name]


def _made(batches: int, seed: int, bins: int = 24, tags: int = 5) -> FloatArray:
    """Courses with a level of each batch that two tags share, a course of time, and noise."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(batches, 1, 1)) * np.linspace(1, -1, tags)
    return level + np.sin(np.arange(bins) / 4)[:, None] + 0.3 * rng.normal(size=(batches, bins, tags))


TRAIN, TEST = _made(30, 1), _made(6, 2)


def _frames(values: FloatArray) -> dict[Any, pd.DataFrame]:
    return {f"{i:03d}": pd.DataFrame(one, columns=[f"{j:03d}" for j in range(one.shape[1])]) for i, one in enumerate(values)}


@pytest.mark.parametrize(("residuals", "spe"), [("all", "cumulative"), ("newest", "instantaneous")])
def test_process_improve__is_its_own_batch_monitor(residuals: Any, spe: str) -> None:
    batch = pytest.importorskip("process_improve.batch", reason="needs the extra `bench`")
    given = courses(TRAIN, TEST)
    model = batch.BatchPCA(n_components=3).fit(_frames(given.train))
    monitor = batch.BatchMonitor(model, spe_statistic=spe).fit(_frames(given.train))
    each = [monitor.monitor(one) for one in _frames(given.test).values()]
    own = [np.maximum(one.hotellings_t2 / one.t2_limit, (one.spe / one.spe_limit) ** 2) for one in each]
    assert process_improve(TRAIN, TEST, residuals=residuals) == pytest.approx(np.array(own))


@pytest.mark.parametrize(("residuals", "spe"), [("all", "spe"), ("newest", "spei")])
def test_pyphi__is_its_own_monitor(residuals: Any, spe: str) -> None:
    pytest.importorskip("pyphi", reason="needs the extra `bench`")
    given = courses(TRAIN, TEST)
    with contextlib.redirect_stdout(io.StringIO()):
        from pyphi import batch

        model: Any = batch.mpca(_stacked(given.train), 3)
        batch.monitor(model, _stacked(given.train), shush=True)
        folded = batch._uf_hor_mon_loadings(dict(model))
        by_bin = folded | {key: folded[f"{key}_ufm"] for key in ("mx", "sx", "P")}
        rows = _stacked(given.test)
        each = [batch._mimic_monitoring(by_bin, rows, name, shush=True) for name in rows["batch"].unique()]
    own = [
        np.maximum(one["HT2_mon"] / model["ht2_mon_ci_99"], one[f"{spe}_mon"] / np.array(model[f"{spe}_mon_ci_99"]))
        for one in each
    ]
    assert pyphi(TRAIN, TEST, residuals=residuals) == pytest.approx(np.array(own), rel=1e-3)


def _stacked(values: FloatArray) -> pd.DataFrame:
    frames = [one.assign(batch=f"B{name}") for name, one in _frames(values).items()]
    return pd.concat(frames, ignore_index=True)[["batch", *frames[0].columns[:-1]]]


@pytest.mark.parametrize("name", MONITORS)
def test_monitor__finds_a_step_and_reads_nothing_that_comes_later(name: str) -> None:
    stepped = TEST.copy()
    stepped[:, 12:, 1] += 6
    found, normal = (_monitor(name)(TRAIN, one) for one in (stepped, TEST))
    assert found.shape == normal.shape == TEST.shape[:2]
    assert found[:, :12] == pytest.approx(normal[:, :12], nan_ok=True)
    assert (found[:, 12:].max(axis=1) > 3 * normal[:, 12:].max(axis=1)).all()


def test_after__judges_nothing_at_the_beginning_and_changes_nothing_later() -> None:
    found = after(textbook, 0.25)(TRAIN, TEST)
    assert np.isnan(found[:, :6]).all()
    assert (found[:, 6:] == textbook(TRAIN, TEST)[:, 6:]).all()


@pytest.mark.parametrize("name", [name for name in MONITORS if "after" not in name])
def test_monitor__judges_gaps_by_the_last_value_and_nothing_after_the_end(name: str) -> None:
    test = TEST.copy()
    test[0, 5:8, 2] = np.nan  # a gap
    test[1, 15:] = np.nan  # ends early
    test[2, :3, 0] = np.nan  # starts late
    held = test.copy()
    held[0, 5:8, 2] = test[0, 4, 2]
    found, expected = (_monitor(name)(TRAIN, one) for one in (test, held))
    assert np.isfinite(found[[0, 2]]).all()
    assert np.isfinite(found[1, :15]).all()
    assert np.isnan(found[1, 15:]).all()
    assert found[0] == pytest.approx(expected[0])


@pytest.mark.parametrize("name", [name for name in MONITORS if "after" not in name])
def test_monitor__with_every_third_bin_holds_its_value_between_them(name: str) -> None:
    found = _monitor(name)(TRAIN, TEST, every=3)
    assert np.isnan(found[:, :2]).all()
    assert np.isfinite(found[:, 2:]).all()
    assert (found[:, 2:23].reshape(6, 7, 3) == found[:, 2:23:3, None]).all()


def test_textbook__alarms_at_one_bin_about_as_often_as_promised() -> None:
    found = textbook(_made(300, 3), _made(300, 4))
    assert 0.004 < np.mean(found > 1) < 0.04


def test_courses__leave_out_learned_batches_that_are_too_short_and_bins_that_few_reach() -> None:
    train = TRAIN.copy()
    train[0, 2:] = np.nan
    train[1:20, 18:] = np.nan
    given = courses(train, TEST)
    assert given.train.shape == (29, 18, 5)
    assert given.bins.tolist() == list(range(18))
    assert np.isnan(textbook(train, TEST)[:, 18:]).all()


def test_courses__a_tag_that_no_learned_batch_has_at_a_bin_says_nothing_there() -> None:
    train, test = TRAIN.copy(), TEST.copy()
    train[:, :4, 2] = np.nan
    test[:, :4, 2] = 1e6
    given = courses(train, test)
    assert (given.test[:, :4, 2] == 0).all()
    assert np.isfinite(given.train).all()


def test_courses__do_not_depend_on_the_unit_of_a_tag() -> None:
    factor = np.array([1e-9, 1, 1e6, 1, 1])
    assert courses(TRAIN * factor, TEST * factor).test == pytest.approx(courses(TRAIN, TEST).test)


def test_carried_forward__keeps_a_value_and_invents_none_before_it() -> None:
    values = np.array([[[np.nan], [1.0], [np.nan], [3.0], [np.nan]]])
    assert carried_forward(values).ravel().tolist() == pytest.approx([np.nan, 1, 1, 3, 3], nan_ok=True)
    assert lengths(values).tolist() == [4]
