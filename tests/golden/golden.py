"""Whole results, kept as files: a change of the code that changes a number is seen.

Processors add in another order, so the last digits of a fit may differ between two computers.
"""

import json
import math
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MASKED = "masked"
SAME, NOTHING = 1e-4, 1e-9
"""Relative difference of two numbers that count as the same, and size of a number that counts as 0."""


def masked(result: dict[str, Any]) -> dict[str, Any]:
    """Replace the hashes of data, configuration, code and model: they change with every edit of the code."""
    record = result["record"]
    return result | {"record": record | {"hashes": dict.fromkeys(record["hashes"], MASKED)}}


def check(found: Path, name: str, *, renew: bool) -> None:
    """Hold a result.json against the golden file of that name; `renew` writes the golden file instead."""
    result, file = masked(json.loads(found.read_text(encoding="utf-8"))), FOLDER / f"{name}.json"
    if renew:
        file.write_text(json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    golden = json.loads(file.read_text(encoding="utf-8"))
    differences = list(_differences(golden, result, ""))
    assert not differences, f"{len(differences)} values differ from tests/golden/{file.name}:\n" + "\n".join(
        differences[:40]
    )


def _differences(golden: Any, found: Any, place: str) -> Any:
    """Lines `place: golden → found` of all values that differ."""
    if isinstance(golden, dict) and isinstance(found, dict):
        for key in dict.fromkeys([*golden, *found]):
            if key not in golden or key not in found:
                yield f"{place}/{key}: {'only in the golden file' if key in golden else 'only in the result'}"
            else:
                yield from _differences(golden[key], found[key], f"{place}/{key}")
    elif isinstance(golden, list) and isinstance(found, list) and len(golden) == len(found):
        for i, pair in enumerate(zip(golden, found, strict=True)):
            yield from _differences(*pair, f"{place}[{i}]")
    elif not _same(golden, found):
        yield f"{place}: {golden!r} → {found!r}"


def _same(golden: Any, found: Any) -> bool:
    if isinstance(golden, float) and isinstance(found, int | float):
        return math.isclose(golden, found, rel_tol=SAME, abs_tol=NOTHING)
    return bool(golden == found)
