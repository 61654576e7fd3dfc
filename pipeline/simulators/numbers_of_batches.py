"""How many batches each product has at each of its scales. The virtual plant and the trains share this."""

from collections.abc import Sequence

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError


def numbers_of_batches(
    plant: str, unit: str, batches: int, reached: Sequence[int], shares: Sequence[float], popularity: FloatArray
) -> list[tuple[int, int, int]]:
    """Distribute batches over products and stages of scale: (product, stage, batches).

    plant: what is simulated, such as `tablet train`; unit: what is counted, such as `blends`, which is also its key in the
    configuration; reached: largest stage of each product; shares: relative number of batches of each stage; popularity: that of
    each product. Each stage that a product has reached gets at least two batches, or one if there are few. The others are
    distributed in proportion, by largest remainder.

    Raises ScalebridgeError if there is less than one batch per product and stage.
    """
    cells = [(product, stage) for product, last in enumerate(reached) for stage in range(last + 1)]
    least = min(2, batches // len(cells))
    if least == 0:
        raise ScalebridgeError(
            f"The {plant} has {batches} {unit}; its {len(popularity)} products need at least {len(cells)}, one for each product at "
            f"each of its scales. Set more `{unit}` or fewer `products`"
        )
    weights = np.array([shares[stage] * popularity[product] for product, stage in cells])
    rest = batches - least * len(cells)
    exact = weights / weights.sum() * rest
    counts = np.floor(exact).astype(int)
    counts[np.argsort(counts - exact, kind="stable")[: rest - counts.sum()]] += 1
    return [(product, stage, least + int(count)) for (product, stage), count in zip(cells, counts, strict=True)]
