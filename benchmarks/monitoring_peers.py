"""Monitors of other open-source packages, and the one of the textbooks: T² and SPE over their nominal 99 % limits.

Each monitor learns from normal batches and returns, for each judged batch and bin, the larger of T² and SPE over its own limit,
from the records up to that bin alone: above 1 is an alarm. Batches are arrays of batches by bins of equal process time by tags,
with NaN where nothing is recorded and after the end. Gaps keep the last value; see `multiway.courses`.
"""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from multiway import Courses, Traces, courses, larger, quadratic, ratio, traces
from scipy.stats import chi2, f

from pipeline.domain.arrays import BoolArray, FloatArray

Statistic = Callable[[FloatArray, FloatArray], FloatArray]
"""Learned and judged batches (batches, bins, tags) → statistic over its limit (judged batches, bins)."""
Residuals = Literal["all", "newest"]
"""Whether SPE counts all records up to a bin, or those of the bin alone."""
LEVEL = 0.99
COMPONENTS = 3
EXPLAINED = 0.9


def process_improve(
    train: FloatArray,
    test: FloatArray,
    *,
    components: int = COMPONENTS,
    residuals: Residuals = "all",
    every: int = 1,
) -> FloatArray:
    """Return the statistic of `BatchMonitor` of process-improve on its multiway PCA.

    It estimates the scores of a running batch by trimmed score regression, which knows how the records up to a bin told the scores
    of the learned batches. T² uses the covariance of these estimates at the bin, and the F limit. The limit of SPE is the
    chi-squared limit from the values of the learned batches at the bin.
    """
    from process_improve.batch import BatchPCA
    from process_improve.multivariate._limits import hotellings_t2_limit, spe_calculation

    given = courses(train, test, every)
    bins, tags = given.train.shape[1:]
    frames = {f"{i:06d}": pd.DataFrame(one, columns=[f"{j:06d}" for j in range(tags)]) for i, one in enumerate(given.train)}
    model: Any = BatchPCA(n_components=components).fit(dict(frames))
    centre, scale, loadings = (_by_bin(one, bins, tags) for one in (model.center_, model.scale_, model.loadings_))
    operators = list(_operators(model, bins, tags))
    own, new = (traces((x - centre[..., 0]) / scale[..., 0], loadings, operators) for x in (given.train, given.test))
    scatter = np.einsum("nka,nkb->kab", own.scores, own.scores) / (len(own.scores) - 1)
    limit = hotellings_t2_limit(conf_level=LEVEL, n_components=components, n_rows=len(own.scores))
    t2 = quadratic(new.scores, _inverse(scatter)) / limit
    spe_own, spe_new = _residuals(own, residuals), _residuals(new, residuals)
    limits = np.array([float(spe_calculation(np.sqrt(one), conf_level=LEVEL)) ** 2 for one in spe_own.T])
    return given.placed(larger(t2, ratio(spe_new, limits)))


def pyphi(
    train: FloatArray,
    test: FloatArray,
    *,
    components: int = COMPONENTS,
    residuals: Residuals = "all",
    every: int = 1,
) -> FloatArray:
    """Return the statistic of `batch.monitor` of pyphi-mvda on its multiway PCA.

    It estimates the scores of a running batch by the least squares of its records on the plane of the model. T² uses the covariance
    of the scores of whole batches, and the F limit. The limit of SPE is the chi-squared limit from the learned batches at the bin.
    """
    with contextlib.redirect_stdout(io.StringIO()):  # its import prints which optimisers are missing
        from pyphi import batch, calc

    given = courses(train, test, every)
    learned, bins, tags = given.train.shape
    rows = pd.DataFrame(given.train.reshape(-1, tags), columns=[f"{j:06d}" for j in range(tags)])
    rows.insert(0, "batch", np.repeat([f"{i:06d}" for i in range(learned)], bins))
    with contextlib.redirect_stdout(io.StringIO()):
        model: Any = batch.mpca(rows, components)
    centre, scale, loadings = (_by_bin(np.asarray(one), bins, tags) for one in (model["mx"].T, model["sx"].T, model["P"]))
    operators = list(_onto_plane(loadings))
    own, new = (traces((x - centre[..., 0]) / scale[..., 0], loadings, operators) for x in (given.train, given.test))
    whole = np.asarray(model["T"]).T @ np.asarray(model["T"]) / learned
    covariance = np.asarray(model.get("var_t", whole))
    size = (learned - 1) * (learned + 1) * components / (learned * (learned - components))
    t2 = quadratic(new.scores, np.broadcast_to(np.linalg.inv(covariance), (bins, *covariance.shape)))
    limits = np.array([calc.spe_ci(one)[1] for one in _residuals(own, residuals).T])
    return given.placed(
        larger(t2 / (size * calc.f99(components, learned - components)), ratio(_residuals(new, residuals), limits))
    )


def textbook(train: FloatArray, test: FloatArray, *, explained: float = EXPLAINED, every: int = 1) -> FloatArray:
    """Return T² and SPE of one PCA of the tags, over all batches and bins, after each tag is scaled at each bin.

    It knows nothing of the past of a batch. Components explain 90 % of the variance. T² has the F limit, SPE the chi-squared limit
    with the mean and variance of all bins (Box 1954).
    """
    given = courses(train, test, every)
    own, new = _scaled_by_bin(given)
    rows = own.reshape(-1, own.shape[2])
    values, vectors = np.linalg.eigh(rows.T @ rows / max(len(rows) - 1, 1))
    shares = np.cumsum(values[::-1]) / values.sum()
    count = min(int(np.searchsorted(shares, explained)) + 1, len(given.train) - 1)
    axes, spread = vectors[:, ::-1][:, :count], values[::-1][:count]
    left = [np.sum((x - x @ axes @ axes.T) ** 2, axis=2) for x in (own, new)]
    n = len(given.train)
    t2 = np.sum((new @ axes) ** 2 / spread, axis=2) / (
        count * (n - 1) * (n + 1) / (n * (n - count)) * f.ppf(LEVEL, count, n - count)
    )
    mean, variance = left[0].mean(), left[0].var(ddof=1)
    return given.placed(larger(t2, left[1] / (variance / (2 * mean) * chi2.ppf(LEVEL, 2 * mean**2 / variance))))


def after(monitor: Statistic, share: float) -> Statistic:
    """Return a monitor that judges nothing in the first part of a course, where few records are known."""

    def statistic(train: FloatArray, test: FloatArray, **options: Any) -> FloatArray:
        found = monitor(train, test, **options)
        found[:, : round(share * found.shape[1])] = np.nan
        return found

    return statistic


MONITORS: Mapping[str, Statistic] = {
    "process-improve": process_improve,
    "process-improve, newest SPE": partial(process_improve, residuals="newest"),
    "pyphi-mvda": pyphi,
    "pyphi-mvda, after a tenth": after(pyphi, 0.1),
    "pyphi-mvda, newest SPE": partial(pyphi, residuals="newest"),
    "textbook T² and SPE": textbook,
}
"""Name in the tables → monitor."""


def _by_bin(unfolded: Any, bins: int, tags: int) -> FloatArray:
    """Fold what has a row per tag and bin, tag by tag, to bins, tags and components."""
    found: FloatArray = np.asarray(unfolded, dtype=float).reshape(tags, bins, -1).transpose(1, 0, 2)
    return found


def _operators(model: Any, bins: int, tags: int) -> Iterator[FloatArray]:
    """Yield the matrices by which process-improve estimates the scores; one that it cannot invert gives NaN."""
    place = np.tile(np.arange(bins), tags)
    for last in range(bins):
        seen = place <= last
        try:
            matrix = model._pca.projection_matrix(seen, method="tsr").matrix.to_numpy(dtype=float)
        except np.linalg.LinAlgError:
            matrix = np.full((model.loadings_.shape[1], int(seen.sum())), np.nan)
        yield matrix.reshape(-1, tags, last + 1).transpose(2, 1, 0).reshape(-1, len(matrix))


def _onto_plane(loadings: FloatArray) -> Iterator[FloatArray]:
    """Yield the least-squares projections of the records up to each bin on the plane of the model."""
    flat = loadings.reshape(-1, loadings.shape[2])
    for last in range(1, len(loadings) + 1):
        known = flat[: last * loadings.shape[1]]
        gram = known.T @ known
        yield known @ np.linalg.pinv(gram, rcond=np.finfo(float).eps * len(gram))


def _inverse(scatter: FloatArray) -> FloatArray:
    """Invert the matrix of each bin; NaN where it is singular or not known, as the package then gives no limit."""
    found = np.full(scatter.shape, np.nan)
    full: BoolArray = np.atleast_1d(np.isfinite(scatter).all(axis=(1, 2)))
    full[full] = np.linalg.matrix_rank(scatter[full]) == scatter.shape[1]
    found[full] = np.linalg.inv(scatter[full])
    return found


def _residuals(found: Traces, residuals: Residuals) -> FloatArray:
    return found.spe if residuals == "all" else found.newest


def _scaled_by_bin(given: Courses) -> tuple[FloatArray, FloatArray]:
    centre, spread = given.train.mean(axis=0), given.train.std(axis=0, ddof=1)
    spread = np.where(spread > 1e-9, spread, 1)
    return (given.train - centre) / spread, (given.test - centre) / spread
