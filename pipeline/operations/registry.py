"""The kinds of unit operations: every file of this folder that defines `OPERATION`. Its name is the name of the kind."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import pipeline.operations
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.operations.unit_operation import UnitOperation


@cache
def unit_operations() -> Mapping[str, UnitOperation]:
    """Return kind → unit operation, sorted by kind."""
    names = sorted(found.name for found in pkgutil.iter_modules(pipeline.operations.__path__))
    modules = {name: importlib.import_module(f"pipeline.operations.{name}") for name in names}
    return {name: module.OPERATION for name, module in modules.items() if hasattr(module, "OPERATION")}


def unit_operation(kind: str) -> UnitOperation:
    """Return the unit operation of a kind.

    Raises ScalebridgeError with the known kinds if there is none, such as for a run of another version of this program.
    """
    known = unit_operations()
    if kind not in known:
        raise ScalebridgeError(f"the unit operation '{kind}' is unknown; kinds are {listed(known, 40)}")
    return known[kind]
