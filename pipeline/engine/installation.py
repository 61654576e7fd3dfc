"""What an installation computes with. Two installations that agree in it give the same bytes on processors of the same kind."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from pipeline.domain.tool import installed_tool

LIBRARIES = (
    "cloudpickle",
    "dask",
    "distributed",
    "joblib",
    "lightgbm",
    "numpy",
    "polars",
    "pydantic",
    "scikit-learn",
    "scipy",
)
"""Libraries that compute, or that carry calls and results between computers."""


@cache
def installation() -> Mapping[str, str]:
    """Return name → value of what this process computes with: code, libraries, threads and the kernels of the linear algebra.

    Threads and kernels are those in use, and not those that the environment asks for.
    """
    import polars

    found = {"scalebridge": str(installed_tool()), "Python": ".".join(platform.python_version_tuple()[:2])}
    found |= {name: _version(name) for name in LIBRARIES}
    return found | {
        "linear algebra": _linear_algebra(),
        "threads of polars": str(polars.thread_pool_size()),
        "processor": platform.machine().lower(),
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return a part of a sentence per value that is not the same.

    >>> differences({"numpy": "2.3", "polars": "2.1"}, {"numpy": "2.3", "polars": "2.0"})
    ['polars: 2.1 here, 2.0 there']
    """
    names = dict.fromkeys((*here, *there))
    return [
        f"{name}: {here.get(name, 'nothing')} here, {there.get(name, 'nothing')} there"
        for name in names
        if here.get(name) != there.get(name)
    ]


def _version(library: str) -> str:
    """Return the installed version of a library."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _linear_algebra() -> str:
    """Return the kernels and the threads of the linear algebra of numpy and of scipy, which may be two libraries."""
    import scipy.linalg  # noqa: F401 (it loads that of numpy as well)
    import threadpoolctl

    loaded = [one for one in threadpoolctl.threadpool_info() if one["user_api"] == "blas"]
    shown = {f"{one['internal_api']} {one.get('architecture', '')}, threads: {one['num_threads']}" for one in loaded}
    return "; ".join(sorted(shown))
