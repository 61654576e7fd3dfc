"""The scale on which the values of a tag are compared: as recorded, or as logarithms."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray

FACTOR = 10.0
"""A tag whose largest value differs between batches by this factor may be compared as a logarithm."""
FOLLOWS = 0.8
"""It is, if this is the least correlation of the logarithms of its largest value and of the scale: a flow grows with the vessel."""


@dataclass(frozen=True)
class TagScales:
    """Whether each tag is compared as a logarithm, and the smallest value that its logarithm is taken of."""

    logarithm: tuple[bool, ...]
    floor: tuple[float, ...]

    def of(self, tag: int) -> "TagScales":
        """Return the scale of one tag."""
        return TagScales((self.logarithm[tag],), (self.floor[tag],))

    def compared(self, values: FloatArray) -> FloatArray:
        """Return values, (..., tags), on the scale on which they are compared."""
        out = np.array(values, dtype=np.float64)
        for j, (log, floor) in enumerate(zip(self.logarithm, self.floor, strict=True)):
            if log:
                out[..., j] = np.log(np.maximum(out[..., j], floor))
        return out

    def recorded(self, values: FloatArray) -> FloatArray:
        """Return compared values, (..., tags), in SI."""
        out = np.array(values, dtype=np.float64)
        for j, log in enumerate(self.logarithm):
            if log:
                out[..., j] = np.exp(np.minimum(out[..., j], 700.0))
        return out


def tag_scales(values: FloatArray, scale: FloatArray) -> TagScales:
    """Return the scales that suit past courses, (batches, points, tags). scale: size of each batch, (batches,)."""
    found = [_scale(values[:, :, j], scale) for j in range(values.shape[2])]
    return TagScales(tuple(log for log, _ in found), tuple(floor for _, floor in found))


def _scale(values: FloatArray, scale: FloatArray) -> tuple[bool, float]:
    positive = values[values > 0]
    if (values < 0).any() or not len(positive) or np.ptp(scale) <= 0:
        return False, 0.0
    seen = (~np.isnan(values)).any(axis=1)
    largest = np.nanmax(values[seen], axis=1)
    low, high = np.quantile(largest, [0.1, 0.9])
    if low <= 0 or high <= FACTOR * low:
        return False, 0.0
    known = largest > 0
    sizes = np.log(scale[seen][known])
    if np.ptp(sizes) <= 0:
        return False, 0.0
    follows = abs(np.corrcoef(np.log(largest[known]), sizes)[0, 1]) >= FOLLOWS
    return bool(follows), 0.1 * float(np.quantile(positive, 0.01))
