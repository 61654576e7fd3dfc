"""What is believed of several attributes together, and how the results of runs change it.

Each attribute keeps its own covariance between places. Attributes are tied by the correlation of past forecast errors of the same
batches. The same correlation ties the process means and the noise of one batch. With the lower Cholesky factor L of each
attribute, the covariance of attribute a at place p and attribute b at place q is correlation(a, b) · L_a[p] · L_b[q]. It is a valid
covariance, and at the proposed place, which is the first one, two attributes correlate exactly as their past errors did.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.answers.next_runs.belief import Belief
from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.normal_probability import root_of

UNTIED = 1e-6
"""Share by which correlations are reduced, so that perfectly correlated attributes have a Cholesky factor."""


@dataclass(frozen=True)
class JointBelief:
    """Gaussian belief about k attributes at n places.

    The unit of each attribute is the standard deviation of one batch at the proposed place. Values count from the prediction.
    """

    shift: FloatArray
    """Change of each process mean by the results of runs, (k, n); 0 before any run."""
    roots: FloatArray
    """Lower Cholesky factor of the covariance of each attribute before any run, (k, n, n)."""
    noise: FloatArray
    """Variance of one batch around the process mean, (k,)."""
    correlation: FloatArray
    """Between attributes, (k, k)."""
    spread: FloatArray
    """Covariance of the attributes at each place, (n, k, k)."""
    settled: FloatArray
    """Factor of the covariance that the results of runs have removed, (k, n, results)."""

    @classmethod
    def of(cls, beliefs: Sequence[Belief], correlation: FloatArray) -> "JointBelief":
        """Tie the beliefs about single attributes."""
        k, n = len(beliefs), len(beliefs[0].predicted)
        tied = (1 - UNTIED) * correlation + UNTIED * np.eye(k)
        roots = np.array([root_of(belief.covariance / belief.deviation**2) for belief in beliefs])
        noise = np.array([belief.noise / belief.deviation**2 for belief in beliefs])
        by_place = roots.transpose(1, 0, 2)
        spread = by_place @ by_place.transpose(0, 2, 1) * tied
        return cls(np.zeros((k, n)), roots, noise, tied, spread, np.zeros((k, n, 0)))

    def removed(self) -> FloatArray:
        """Covariance of the attributes at the proposed place that one run at each place would remove, (n, k, k)."""
        shared = self._between(0).transpose(2, 1, 0)
        half = np.linalg.solve(np.linalg.cholesky(self._of_results(self.spread)), shared)
        return np.asarray(half.transpose(0, 2, 1) @ half)

    def after(self, run: int, result: FloatArray | None = None) -> "JointBelief":
        """Condition on a run at a place. Without its result, (k,), the means stay as they are."""
        k, n = self.shift.shape
        root = np.linalg.cholesky(self._of_results(self.spread[run]))
        half = np.linalg.solve(root, self._between(run).reshape(k, k * n)).reshape(k, k, n)
        surprise = np.zeros(k) if result is None else np.linalg.solve(root, result - self.shift[:, run])
        return replace(
            self,
            shift=self.shift + np.einsum("r,rkn->kn", surprise, half),
            spread=self.spread - np.einsum("rkn,rln->nkl", half, half),
            settled=np.concatenate([self.settled, half.transpose(1, 2, 0)], axis=2),
        )

    def _between(self, place: int) -> FloatArray:
        """Covariance of each attribute at a place with each attribute at every place, (k, k, n)."""
        before = np.einsum("am,bnm->abn", self.roots[:, place], self.roots, optimize=True) * self.correlation[:, :, None]
        return np.asarray(before - np.einsum("ar,bnr->abn", self.settled[:, place], self.settled, optimize=True))

    def _of_results(self, spread: FloatArray) -> FloatArray:
        """Covariance of the results of one batch, where that of the process means is `spread`, (..., k, k)."""
        deviation = np.sqrt(self.noise)
        return np.asarray(spread + self.correlation * np.outer(deviation, deviation))
