"""The noise floor of an answer: how far one reported result scatters, beside the error of the model on hidden batches."""

from collections.abc import Iterable, Mapping
from statistics import median_low

import polars as pl

from pipeline.answers.result.noise_floor import NoiseFloor
from pipeline.answers.result.prediction import StepAnswer
from pipeline.answers.trained_run import TrainedRun
from pipeline.assessment.noise_floor import STATED, AttributeNoise, clearly_below
from pipeline.domain.display import digits, with_unit
from pipeline.domain.units import Unit
from pipeline.forecasting.model_choice import ANSWERING


def noise_floors(run: TrainedRun, step: StepAnswer, names: Mapping[str, str]) -> dict[str, NoiseFloor]:
    """Return quality attribute → its noise floor, for the attributes whose scatter is known.

    names: attribute → display name.
    """
    known = {name: run.noise.attributes[name] for name in step.attributes if name in run.noise.attributes}
    values = {name: None if one.predicted is None else one.predicted.value for name, one in step.attributes.items()}
    return {name: _noise_floor(name, noise, values[name], run, names[name]) for name, noise in known.items() if noise.known}


def _noise_floor(target: str, noise: AttributeNoise, predicted: float | None, run: TrainedRun, name: str) -> NoiseFloor:
    attribute, scored = run.process.attributes[target], run.scores.get(run.acceptance.protocol, {}).get(target, {})
    unit, results = attribute.si, _results_per_batch(target, run)
    factors, stated = noise.factors, attribute.repeatability
    pooled = None if noise.pooled is None else noise.pooled / unit.factor
    numbers = {
        "deviation": _deviation(noise, predicted, unit, results),
        "estimated": pooled,
        "estimated_low": None if pooled is None or factors is None else pooled * factors[0],
        "estimated_high": None if pooled is None or factors is None else pooled * factors[1],
        "rmse": scored.get("rmse"),
        "hidden": scored.get("noise_floor"),
        "hidden_low": scored.get("noise_floor_low"),
        "hidden_high": scored.get("noise_floor_high"),
    }
    text = "" if stated is None else str(stated)
    source = f"stated as {text}" if text else str(noise.source)
    of_mean = f"{source}; mean of {results} results" if results > 1 else source
    lines = (
        *_scatter(name, unit.label, of_mean, noise, numbers),
        *_compared(unit.label, numbers, noise, _hidden(target, run)),
    )
    return NoiseFloor(
        unit=unit.label,
        source=noise.source or STATED,
        results=results,
        stated=text,
        replicates=noise.replicates,
        batches=noise.batches,
        sentence=" ".join(lines),
        **numbers,
    )


def _deviation(noise: AttributeNoise, predicted: float | None, unit: Unit, results: int) -> float | None:
    """Return the standard deviation of a reported result at the predicted value, in the unit of the attribute."""
    value = pl.lit(None if predicted is None else unit.to_si(predicted), pl.Float64)
    found = pl.select(noise.deviation(value, pl.lit(float(results)))).item()
    return None if found is None else float(found) / unit.factor


def _results_per_batch(target: str, run: TrainedRun) -> int:
    """Return the number of single results that a reported result is the mean of, in most batches."""
    own = run.history.results.filter(pl.col("attribute") == target)
    counts = own.join(run.noise.replicates, on=["batch_id", "attribute"], how="left")["replicates"].fill_null(1)
    return median_low(counts.to_list()) if len(counts) else 1


def _hidden(target: str, run: TrainedRun) -> int:
    """Return the number of results, none of them censored, that the error on hidden batches is from."""
    hidden = run.forecasts.filter(
        (pl.col("model") == ANSWERING) & (pl.col("protocol") == run.acceptance.protocol) & (pl.col("cqa") == target)
    )
    return hidden.filter(pl.col("censoring") == "none").height


def _scatter(name: str, unit: str, source: str, noise: AttributeNoise, numbers: Mapping[str, float | None]) -> Iterable[str]:
    """Say how far a reported result scatters, and how this is known."""
    if numbers["deviation"] is None:
        yield f"A reported {name} scatters around its true value with the standard deviation that is {source}."
    else:
        size = with_unit(digits(numbers["deviation"]), unit)
        yield f"A reported {name} scatters around its true value with a standard deviation of {size} ({source})."
    single, low, high = (numbers[key] for key in ("estimated", "estimated_low", "estimated_high"))
    if single is not None and low is not None and high is not None:
        yield (
            f"The {noise.replicates} replicates of {noise.batches} batches give {with_unit(digits(single), unit)} for a single "
            f"result (90 % interval {digits(low)} to {digits(high)})."
        )


def _compared(unit: str, numbers: Mapping[str, float | None], noise: AttributeNoise, hidden: int) -> Iterable[str]:
    """Compare the error on hidden batches with their noise floor."""
    rmse, floor = numbers["rmse"], numbers["hidden"]
    if rmse is None or floor is None:
        return
    yield (
        f"On hidden batches the root mean square error was {with_unit(digits(rmse), unit)}. A perfect model would have "
        f"{with_unit(digits(floor), unit)} there."
    )
    freedom = None if noise.stated is not None else noise.degrees_of_freedom
    if clearly_below(rmse, floor, hidden, freedom):
        yield "The error is clearly below that, so the scatter of these results is smaller than the one that is assumed here."
