"""The simulated culture: the scheme is exact enough, and balances close."""

import numpy as np
import polars as pl
from scipy.integrate import simpson, solve_ivp

from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.dynamics import (
    CONCENTRATE,
    MOLAR_GLUCOSE,
    derivatives,
    flows,
    initial,
    simulate,
)
from pipeline.simulators.virtual_plant.environment import environment
from pipeline.simulators.virtual_plant.kinetics import gradient, rates
from pipeline.simulators.virtual_plant.states import STATES
from tests.support.culture_course import course


def test_dynamics__agree_with_an_adaptive_solver_at_harvest_and_between_steps(rows: pl.DataFrame) -> None:
    one = rows[3]
    culture, start = culture_of(one), initial(culture_of(one))
    moments = np.array([30.5, 71.25, 150.4, 260.75])
    ends = float(culture.end[0])

    def rate(hour: float, flat: np.ndarray) -> np.ndarray:
        return derivatives(culture, flat.reshape(start.shape), hour).ravel()

    before = solve_ivp(rate, (0, 72), start.ravel(), rtol=1e-6, atol=1e-9, t_eval=[*moments[:2], 72], max_step=1.0)
    after = solve_ivp(rate, (72, ends), before.y[:, -1], rtol=1e-6, atol=1e-9, t_eval=[*moments[2:], ends], max_step=1.0)
    exact = np.concatenate([before.y[:, :2], after.y], axis=1).T
    ours = np.concatenate([course(culture, moments)[:, :, 0], simulate(culture).T])
    assert np.allclose(ours, exact, rtol=2e-3, atol=2e-3)


def test_dynamics__no_state_is_negative_and_no_variant_exceeds_the_product(rows: pl.DataFrame) -> None:
    end = states.of(simulate(culture_of(rows)))
    assert min(state.min() for state in end) >= 0
    for part in (end.aggregate, end.acidic, end.galactosylated):
        assert (part <= end.product).all()


def test_balances__of_mass_close(rows: pl.DataFrame) -> None:
    """Change of content = flow in + formation − consumption, integrated independently of the solver."""
    culture = culture_of(rows.filter(pl.col("duration_days") > 12.1).head(12))
    hours = np.arange(72.0, 288.0 + 0.125, 0.125)  # the feed begins at 72 h; all batches run longer than 288 h
    values = course(culture, hours)
    amounts = values * values[:, [0], :]
    amounts[:, 0] = values[:, 0]
    change: dict[str, list[np.ndarray]] = {
        name: [] for name in ("volume", "glucose", "lactate", "ammonia", "product", "base")
    }
    for hour, moment in zip(hours, values, strict=True):
        state = states.of(moment)
        meets = environment(culture, state, hour)
        enters = flows(culture, state, meets.base_demand, hour)
        r = rates(culture, state, meets, gradient(culture, state, meets, enters.base), hour)
        m, v, x = culture.material, state.volume, state.viable
        decay = 0.0038 * np.exp(0.09 * (meets.celsius - 37)) * state.glutamine
        change["volume"].append((enters.feed + enters.concentrate) * v)
        glucose = enters.feed * m["feed_glucose"] / MOLAR_GLUCOSE * 1e3 + enters.concentrate * CONCENTRATE
        change["glucose"].append((glucose - r.glucose_uptake * x) * v)
        change["lactate"].append((r.lactate_made - r.lactate_taken) * x * v)
        change["ammonia"].append((r.ammonia_made * x + decay) * v)
        change["product"].append(r.product_made * x * v)
        change["base"].append(enters.base * v)
    for name, series in change.items():
        place = STATES.index(name)
        went = simpson(np.stack(series), x=hours, axis=0)
        scale = np.abs(amounts[:, place]).max(axis=0) + 0.1
        assert np.abs(amounts[-1, place] - amounts[0, place] - went).max() < 0.004 * scale.max(), name


def test_balances__without_cells_glucose_equals_the_amount_fed(rows: pl.DataFrame) -> None:
    empty = rows.with_columns(inoculum_density=pl.lit(0.0))
    culture = culture_of(empty)
    end = states.of(simulate(culture))
    fed = culture.setting["feed_share"] * culture.material["feed_glucose"] / MOLAR_GLUCOSE * 1e3
    assert np.allclose(end.volume, 1 + culture.setting["feed_share"], rtol=1e-4)  # no concentrate was fed
    assert np.allclose(end.glucose * end.volume, 36.0 + fed, rtol=1e-3)


def test_lactate__is_at_most_two_per_glucose(rows: pl.DataFrame) -> None:
    culture = culture_of(rows)
    for values in course(culture, np.arange(0, 240, 24.0)):
        state = states.of(values)
        meets = environment(culture, state, 10.0)
        r = rates(culture, state, meets, np.zeros(rows.height), 10.0)
        assert (r.lactate_made <= 2 * r.glucose_uptake).all()
