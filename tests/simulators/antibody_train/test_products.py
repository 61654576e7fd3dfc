"""Products: hidden traits around the platform."""

import numpy as np

from pipeline.simulators.antibody_train.campaigns import STEPS
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.products import TRAITS, products


def test_products__traits_lie_around_the_platform_with_the_stated_spread() -> None:
    table = products(AntibodyTrainConfig(products=99, batches=500))
    for trait in TRAITS:
        logs = np.log(table[trait.name].to_numpy() / trait.centre)
        assert abs(logs.mean()) < 0.35 * trait.spread
        assert 0.75 < logs.std() / trait.spread < 1.25


def test_products__every_step_has_a_trait_and_more_products_keep_the_first_ones() -> None:
    assert {trait.step for trait in TRAITS} == set(STEPS)
    few, many = (products(AntibodyTrainConfig(products=count)) for count in (5, 9))
    assert few.equals(many.head(5))
