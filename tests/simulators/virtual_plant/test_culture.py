"""The simulated culture: balances close, the solver is accurate, and cells respond in the right direction."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy.integrate import simpson, solve_ivp

from pipeline.simulators.virtual_plant import physics, states
from pipeline.simulators.virtual_plant.build import plan
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.culture import Culture, culture_of
from pipeline.simulators.virtual_plant.dynamics import (
    CONCENTRATE,
    MOLAR_GLUCOSE,
    derivatives,
    flows,
    initial,
    simulate,
)
from pipeline.simulators.virtual_plant.environment import DEADBAND, environment
from pipeline.simulators.virtual_plant.faults import CAUSES
from pipeline.simulators.virtual_plant.kinetics import gradient, rates
from pipeline.simulators.virtual_plant.states import STATES
from pipeline.simulators.virtual_plant.truth import STEPS, noise_free, partial_derivatives

SMALL = PlantConfig(products=6, batches=90, families=2, historian_minutes=480)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return plan(SMALL)[0]


@pytest.fixture(scope="module")
def large(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("working_volume") == pl.col("working_volume").max())


def course(culture: Culture, moments: np.ndarray) -> np.ndarray:
    """States at the given hours, (hours, states, batches)."""
    kept: list[np.ndarray] = []
    simulate(culture, moments, lambda hour, values: kept.append(values))
    return np.stack(kept)


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


def test_dynamics__a_batch_does_not_depend_on_its_neighbours(rows: pl.DataFrame) -> None:
    """The truth depends on the row only."""
    assert noise_free(rows[[5]]).equals(noise_free(rows)[[5]])


def test_dynamics__the_label_of_the_vessel_does_not_matter(rows: pl.DataFrame) -> None:
    """Scale acts through geometry and flows only."""
    renamed = rows.with_columns(equipment=pl.lit("X"), site=pl.lit("Y"), product=pl.lit("Z"), stage=pl.lit(0))
    assert noise_free(renamed).equals(noise_free(rows))


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


def test_gas__oxygen_transfer_equals_oxygen_uptake(rows: pl.DataFrame) -> None:
    culture = culture_of(rows)
    state = states.of(course(culture, np.array([200.0]))[0])
    meets = environment(culture, state, 200.0)
    height = physics.liquid_height(
        culture.vessel["working_volume"] * state.volume / (1 + culture.setting["feed_share"]),
        culture.vessel["tank_diameter"],
    )
    pressure = physics.mean_pressure(height, culture.setting["head_pressure"])
    entering = meets.kla * (physics.OXYGEN_SOLUBILITY * pressure * meets.oxygen_in_gas - meets.oxygen)
    enriched = meets.oxygen_in_gas > physics.AIR_OXYGEN
    assert enriched.any()
    assert np.allclose(entering[enriched], meets.uptake[enriched], rtol=1e-6)


def test_ph__is_held_within_its_range_with_more_base_at_large_scale(rows: pl.DataFrame) -> None:
    culture = culture_of(rows)
    kept = [states.of(values) for values in course(culture, np.arange(24.0, 288.0, 12.0))]
    for hour, state in zip(np.arange(24.0, 288.0, 12.0), kept, strict=True):
        ph = environment(culture, state, float(hour)).ph
        assert (np.abs(ph - culture.setting["ph"]) < DEADBAND + 0.06).all()
    volume = culture.vessel["working_volume"]
    base = kept[-1].base
    assert np.median(base[volume > 1]) > 2 * np.median(base[volume < 0.01])


def _co2(rows: pl.DataFrame) -> np.ndarray:
    culture = culture_of(rows)
    state = states.of(initial(culture))._replace(viable=np.full(rows.height, 12.0))
    return environment(culture, state, 200.0).co2


def test_carbon_dioxide__rises_when_gas_per_volume_falls(large: pl.DataFrame) -> None:
    assert (_co2(large.with_columns(pl.col("gas_flow") * 0.5)) > _co2(large)).all()


def test_carbon_dioxide__rises_with_head_pressure(large: pl.DataFrame) -> None:
    assert (_co2(large.with_columns(pl.col("head_pressure") + 5e4)) > _co2(large)).all()


def test_carbon_dioxide__is_highest_at_the_largest_scale_of_the_plant(rows: pl.DataFrame) -> None:
    median = rows.with_columns(co2=pl.Series(_co2(rows))).group_by("working_volume").agg(pl.col("co2").median())
    assert median.sort("working_volume")["co2"].tail(3).is_sorted()
    assert median.sort("co2")["working_volume"][-1] == rows["working_volume"].max()


Change = Callable[[pl.DataFrame], pl.DataFrame]
HIGHER: list[tuple[str, Change, str]] = [
    ("more gas per volume", lambda r: r.with_columns(pl.col("gas_flow") * 1.6), "titre"),
    ("a mixer of twice the diffusivity", lambda r: r.with_columns(gradient_sensitivity=pl.lit(0.0)), "galactosylation"),
    ("more manganese", lambda r: r.with_columns(pl.col("manganese") * 1.5), "galactosylation"),
    ("a warm production phase", lambda r: r.with_columns(pl.col("temperature_after_shift") + 1), "acidic_variants"),
    ("a longer run", lambda r: r.with_columns(pl.col("duration_days") + 1), "acidic_variants"),
    ("a higher pH", lambda r: r.with_columns(pl.col("ph") + 0.08), "acidic_variants"),
    ("faster stirring", lambda r: r.with_columns(pl.col("agitation") * 1.4), "hmw"),
    ("slower stirring", lambda r: r.with_columns(pl.col("agitation") * 0.6, shear_sensitivity=pl.lit(0.0)), "hcp"),
]


@pytest.mark.parametrize(("change", "attribute"), [case[1:] for case in HIGHER], ids=[case[0] for case in HIGHER])
def test_quality__rises_with(change: Change, attribute: str, large: pl.DataFrame) -> None:
    base = change(large).drop("agitation").join(large.select("batch_id", "agitation"), on="batch_id", maintain_order="left")
    reference = base if attribute == "hcp" else large
    assert (noise_free(change(large))[attribute] > noise_free(reference)[attribute]).all()


def test_quality__depends_on_slow_blending_through_the_sensitivity_of_the_product(large: pl.DataFrame) -> None:
    sensitive, indifferent = (noise_free(large.with_columns(gradient_sensitivity=pl.lit(x))) for x in (2.0, 0.0))
    assert (sensitive["viability"] < indifferent["viability"]).all()


@pytest.mark.parametrize("cause", CAUSES)
def test_faults__each_has_its_effect(cause: str, large: pl.DataFrame) -> None:
    never = {name: np.full(large.height, np.inf) for name in CAUSES}
    faulty = culture_of(large, never | {cause: np.full(large.height, 100.0)})
    sound = culture_of(large)
    hit, well = (states.of(course(culture, np.array([98.0, 139.0]))[1]) for culture in (faulty, sound))
    now = environment(faulty, hit, 139.0)
    mark = {
        "sparger clogging": now.kla < 0.5 * environment(sound, well, 139.0).kla,
        "temperature excursion": hit.viable != well.viable,
        "feed pump fault": hit.volume < well.volume,
        "ph probe drift": hit.acidic != well.acidic,
        "contamination": hit.viable < 0.8 * well.viable,
    }[cause]
    assert mark.all()
    before = [course(culture, np.array([75.0])) for culture in (faulty, sound)]
    assert np.allclose(*before, rtol=1e-2, atol=1e-6)


def test_truth__derivatives_are_slopes_of_the_truth(rows: pl.DataFrame) -> None:
    some = rows[::30]
    slopes = partial_derivatives(some, ["temperature_after_shift"])
    up, down = (noise_free(some.with_columns(pl.col("temperature_after_shift") + x)) for x in (0.1, -0.1))
    assert np.allclose(slopes["acidic_variants"], (up - down)["acidic_variants"] / 0.2, rtol=1e-2)
    assert (slopes["acidic_variants"] > 0).all()


def test_truth__derivatives_hardly_depend_on_the_step(rows: pl.DataFrame) -> None:
    """The truth is a smooth function of every setting, including the times of events."""
    some = rows[::9]
    coarse = partial_derivatives(some)
    fine = partial_derivatives(some, steps={name: step / 4 for name, step in STEPS.items()})
    for setting in STEPS:
        first, second = (table.filter(setting=setting).drop("setting", "row").to_numpy() for table in (coarse, fine))
        difference = np.abs(first - second) / (np.abs(second).max(axis=0) + 1e-9)
        assert np.median(difference) < 0.01, setting
        assert np.quantile(difference, 0.95) < 0.2, setting
