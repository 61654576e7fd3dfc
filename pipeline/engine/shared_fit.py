"""One fit that all workers of a cluster do together, each with a part of the rows."""

from collections.abc import Callable
from typing import Any, TypeVar

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ClusterError
from pipeline.engine.address import VARIABLE, cluster_address

Fitted = TypeVar("Fitted")


def fit_together(fit: Callable[[Any, Any, Any, str], Fitted], matrix: FloatArray, y: FloatArray) -> Fitted:
    """Return what `fit` makes of a client of the cluster, the blocks of the matrix, those of y, and the hosts and ports to talk on.

    matrix: (rows, columns); y: (rows,). The rows are divided into as many blocks as there are workers, in the order of the rows.
    If a worker is lost, the fit begins again with those that are left. Raises ClusterError if there is no cluster.
    """
    if (address := cluster_address()) is None:
        raise ClusterError(
            f"The model asks for `over_workers`, and {VARIABLE} names no cluster. Set the variable, or set `over_workers: false` "
            "in conf/model/ to fit on this machine"
        )
    from pipeline.engine.cluster import fitted_on_cluster

    return fitted_on_cluster(address, fit, matrix, y)
