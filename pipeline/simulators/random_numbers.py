"""Random number generators of the simulators, one per purpose."""

from zlib import crc32

import numpy as np


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Make the generator of one purpose.

    Its numbers depend on the seed and the purpose alone, so that a new purpose, or more draws for another one, does not
    change them.
    """
    return np.random.default_rng(np.random.SeedSequence([seed, crc32(purpose.encode())]))
