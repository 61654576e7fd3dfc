"""Definitions with a unit operation, whose attributes have units that a test may change."""

from tests.support.definitions import Make, PlainData

STIRRED = {
    "vol": "L",
    "speed": "rpm",
    "di": "mm",
    "np": "",
    "ni": "",
    "tank": "mm",
    "gas": "L/min",
    "do": "%",
    "head": "bar",
}
FEEDS = {"working_volume": "vol", "agitation": "speed", "impeller_diameter": "di", "power_number": "np", "impeller_count": "ni",
         "vessel_diameter": "tank", "gas_flow": "gas", "dissolved_oxygen": "do", "head_pressure": "head"}  # fmt: skip
SPRAYED = {"spray": "g/min", "solids": "%", "air": "kg/s", "tin": "degC", "tout": "degC"}
COATS = {"spray_rate": "spray", "solids_fraction": "solids", "air_flow": "air", "inlet_temperature": "tin",
         "exhaust_temperature": "tout"}  # fmt: skip


def fed(small: Make, kind: str, units: dict[str, str], inputs: dict[str, str], **more: PlainData) -> PlainData:
    """The small definition with an operation; more: changes of an attribute by name."""
    definition = small()
    for name, unit in units.items():
        column = f"batches.{name}"
        attribute = {"role": "CPP", "horizon": "plan", "description": "x", "unit": unit, "column": column}
        definition["attributes"][name] = attribute | more.get(name, {})
    definition["operations"] = {"op": {"kind": kind, "inputs": dict(inputs)}}
    return definition


def reactor(small: Make, **more: PlainData) -> PlainData:
    return fed(small, "bioreactor", STIRRED, FEEDS, **more)


def coater(small: Make, **more: PlainData) -> PlainData:
    return fed(small, "coating", SPRAYED, COATS, **more)
