"""The scale on which the values of a tag are compared: as recorded, or as logarithms."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray

DECADES = 10.0
"""A tag whose largest value differs between batches by this factor is compared as a logarithm: a flow that grows with the vessel."""


@dataclass(frozen=True)
class TagScales:
    """Whether each tag is compared as a logarithm, and the smallest value that its logarithm is taken of."""

    logarithm: tuple[bool, ...]
    floor: tuple[float, ...]

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


def tag_scales(values: FloatArray) -> TagScales:
    """Return the scales that suit past courses, (batches, points, tags)."""
    found = [_scale(values[:, :, j]) for j in range(values.shape[2])]
    return TagScales(tuple(log for log, _ in found), tuple(floor for _, floor in found))


def _scale(values: FloatArray) -> tuple[bool, float]:
    positive = values[values > 0]
    if (values < 0).any() or not len(positive):
        return False, 0.0
    seen = values[(~np.isnan(values)).any(axis=1)]
    low, high = np.quantile(np.nanmax(seen, axis=1), [0.1, 0.9])
    return bool(low > 0 and high > DECADES * low), 0.1 * float(np.quantile(positive, 0.01))
