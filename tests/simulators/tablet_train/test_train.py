"""The train as a whole: pooling, and what may act."""

import ast
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.tablet_train import states
from pipeline.simulators.tablet_train.train import Train, arriving, chain, numbers

PHYSICS = ("granulation", "drying", "milling", "blending", "compression", "coating", "quality", "moist_air", "states")
LABELS = {"site", "batch_size", "product", "batch", "granulator", "dryer", "mill", "blender", "press", "pan", "capacity"}


def test_arriving__is_the_mean_over_what_went_in_weighted_by_mass(default: Train) -> None:
    target = default.transfers["blending"].group_by("target").len().filter(pl.col("len") == 2)["target"][0]
    parts = default.transfers["blending"].filter(target=target)
    own = default.inputs["milling"]["batch"].to_list()
    sizes = [default.states["milling"]["size"][own.index(name)] for name in parts["source"]]
    expected = np.average(sizes, weights=parts["mass"].to_numpy())
    found = arriving(default, "blending", default.states["milling"])
    place = default.inputs["blending"]["batch"].to_list().index(target)
    assert found["size"][place] == pytest.approx(expected)
    assert min(sizes) < expected < max(sizes)


def test_chain__without_variation_differs_from_what_happened_by_noise_alone(default: Train) -> None:
    free, real = chain(default, 0.0)["coating"], default.states["coating"]
    ratio = np.log(real["tensile_strength"] / free["tensile_strength"])
    assert abs(np.mean(ratio)) < 0.02
    assert 0.02 < np.std(ratio) < 0.10


@pytest.mark.parametrize("module", PHYSICS)
def test_physics__reads_no_label_and_no_batch_size(module: str) -> None:
    """Scale, site, product and machine act through geometry, settings, traits and amounts alone."""
    source = Path(states.__file__).with_name(f"{module}.py").read_text()
    read = {
        node.slice.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    }
    assert not read & LABELS


def test_numbers__holds_no_text_and_scales_deviations(default: Train) -> None:
    own = numbers(default.inputs["coating"], 0.0)
    assert "site" not in own
    assert np.all(own["film_deviation"] == 0)
    assert np.any(numbers(default.inputs["coating"], 1.0)["film_deviation"] != 0)
