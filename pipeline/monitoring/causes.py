"""Which cause a deviation has, by its likeness to logged deviations of the past. `unknown` is an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.judgement import UNKNOWN, ProbableCause
from pipeline.monitoring.scoring import Scored

SHARPNESS = (4.0, 8.0, 12.0, 20.0)
"""Values of the sharpness that are tried: the logarithm of the odds per unit of likeness."""
STRANGE = (0.2, 0.3, 0.4, 0.5, 0.6)
"""Values of the likeness that an unknown cause has to every pattern, of which one is chosen."""
AFTER = (0.0, 0.009, 0.018, 0.036, 0.07)
"""Times after an alarm at which past deviations are looked at, as shares of the duration."""


@dataclass(frozen=True)
class Causes:
    """Mean pattern of each cause, and how sharply a likeness decides."""

    names: tuple[str, ...]
    patterns: FloatArray
    """(causes, features): mean pattern of each cause, of length 1."""
    numbers: tuple[int, ...]
    """Number of logged batches of each cause."""
    weights: FloatArray
    """(features,): how well a feature tells causes apart."""
    sharpness: float
    strange: float

    def probable(self, pattern: FloatArray, least: float) -> tuple[ProbableCause, ...]:
        """Return the causes above a probability, the most probable first. Without any logged cause, `unknown` alone."""
        if not self.names:
            return (ProbableCause(UNKNOWN, 1.0),)
        found = self.probabilities(_unit(pattern * self.weights))
        named = [ProbableCause(name, float(p)) for name, p in zip((*self.names, UNKNOWN), found, strict=True)]
        return tuple(sorted((one for one in named if one.probability >= least), key=lambda one: -one.probability))

    def probabilities(self, pattern: FloatArray) -> FloatArray:
        """Return the probability of each cause, then that of `unknown`. pattern: weighted, of length 1."""
        return _softmax(np.append(self.patterns @ pattern, self.strange) * self.sharpness)


def _softmax(values: FloatArray) -> FloatArray:
    risen = np.exp(values - values.max())
    return np.asarray(risen / risen.sum())


def _unit(values: FloatArray) -> FloatArray:
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-12))


def pattern_of(scored: Scored, batch: int, first: int, last: int) -> FloatArray:
    """Return the pattern of a deviation from its alarm to a point: the mean normal score of each tag in each forecast and window.

    A mean score enters with its sign and the square root of its size above 1. Smaller scores are noise. They enter as 0.
    """
    parts = []
    for scores in scored.scores:
        seen = scores[batch, first : last + 1]
        some = ~np.isnan(seen)
        mean = np.where(some, seen, 0.0).sum(axis=0) / np.maximum(some.sum(axis=0), 1)
        parts.append(np.sign(mean) * np.sqrt(np.maximum(np.abs(mean) - 1, 0)))
    return np.concatenate(parts)


def patterns_after(scored: Scored, batch: int, first: int, last: int, usual: int) -> FloatArray:
    """Return the patterns of a past deviation at several times after its alarm, (times, features)."""
    ends = sorted({min(last, first + round(part * usual)) for part in AFTER})
    return np.stack([pattern_of(scored, batch, first, end) for end in ends])


def learn_causes(names: Sequence[str], patterns: Sequence[FloatArray]) -> Causes:
    """Learn the patterns of causes. names: the logged cause of each batch; patterns: its patterns, (times, features) each."""
    if not names:
        return Causes((), np.empty((0, 0)), (), np.empty(0), SHARPNESS[0], STRANGE[0])
    known = sorted(set(names))
    cause = [known.index(name) for name in names]
    weights = _telling(cause, patterns)
    weighted = [_unit(one * weights) for one in patterns]
    sharpness, strange = _chosen(cause, weighted, len(known))
    means = _means(cause, weighted, len(known))
    return Causes(tuple(known), means, tuple(cause.count(k) for k in range(len(known))), weights, sharpness, strange)


def _telling(cause: Sequence[int], patterns: Sequence[FloatArray]) -> FloatArray:
    """Return the weight of each feature, from 0.1 to 1.1.

    It grows with the root of the variance between causes over that within causes.
    """
    units = [_unit(one).mean(axis=0) for one in patterns]
    groups = [np.stack([u for u, c in zip(units, cause, strict=True) if c == k]) for k in sorted(set(cause))]
    within = np.mean([group.var(axis=0) for group in groups], axis=0)
    between = np.stack([group.mean(axis=0) for group in groups]).var(axis=0)
    floor = max(float(np.median(within[within > 0])) if (within > 0).any() else 1e-6, 1e-6)
    ratio = np.sqrt(between / (within + floor))
    return np.asarray(0.1 + ratio / max(float(ratio.max()), 1e-12))


def _means(cause: Sequence[int], weighted: Sequence[FloatArray], causes: int, without: int = -1) -> FloatArray:
    """Return the mean pattern of each cause, of length 1; zeros for one without a batch. without: a batch that is left out."""
    out = []
    for k in range(causes):
        own = [one.mean(axis=0) for i, one in enumerate(weighted) if cause[i] == k and i != without]
        out.append(_unit(np.mean(own, axis=0)) if own else np.zeros(weighted[0].shape[1]))
    return np.stack(out)


def _chosen(cause: Sequence[int], weighted: Sequence[FloatArray], causes: int) -> tuple[float, float]:
    """Return sharpness and likeness of the unknown, by the likelihood of each batch with itself left out.

    Each batch counts twice: its own cause is the right answer, and `unknown` is right where its cause is left out. The second
    counts a quarter, because most deviations are of known kinds. The first does not count for the only batch of its cause.
    """
    left_out = [_means(cause, weighted, causes, i) for i in range(len(cause))]
    best, found = -np.inf, (SHARPNESS[0], STRANGE[0])
    for sharpness in SHARPNESS:
        for strange in STRANGE:
            total = 0.0
            for own, one, means in zip(cause, weighted, left_out, strict=True):
                likeness = one @ means.T
                if cause.count(own) > 1:  # else no other batch could name it
                    total += _log_chance(likeness, own, strange, sharpness)
                others = np.delete(likeness, own, axis=1)
                total += 0.25 * _log_chance(others, others.shape[1], strange, sharpness)
            if total > best:
                best, found = total, (sharpness, strange)
    return found


def _log_chance(likeness: FloatArray, right: int, strange: float, sharpness: float) -> float:
    """Return the mean logarithm of the probability of the right answer. likeness: (times, causes)."""
    rows = np.column_stack([likeness, np.full(len(likeness), strange)])
    return float(np.mean([np.log(max(_softmax(row * sharpness)[right], 1e-6)) for row in rows]))
