"""Normal draws that fill space evenly."""

import numpy as np

from pipeline.models.task import FloatArray


def normal(dimensions: int, count: int, seed: int) -> FloatArray:
    """Scrambled Sobol' points as standard normal values, shape (count, dimensions); count is a power of two."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random_base2(int(np.log2(count)))
    return np.asarray(ndtri(np.clip(points, 1e-9, 1 - 1e-9)))
