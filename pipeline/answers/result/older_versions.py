"""Answers of version 0, from before the schema had a version, as data of version 1."""

from typing import Any

Data = dict[str, Any]
"""What JSON holds: the border to files of an older program."""


def upgraded(old: Data) -> Data:
    """Return an answer of version 0 as data of version 1. What version 0 did not hold is empty."""
    scale, record = old["scale"], old["record"]
    new: Data = {
        "version": 1,
        "proposal": old["proposal"] | {"known_product": old["known_product"]},
        "steps": [
            {
                "name": "process",
                "scale": _renamed(scale, {"reference_product": "reference_products"}),
                "equipment": None,
                "site": None,
                "attributes": {name: _attribute(one) for name, one in old["attributes"].items()},
            }
        ],
        "joint": old["joint_probability_within_specification"],
        "sentences": [_renamed(one, {"sentence": "text"}) for one in old["sentences"]],
        "domain": {key: value for key, value in old["domain"].items() if key != "variables_compared"}
        | {"nearest": [_renamed(one, {"batch_id": "batch"}) for one in old["domain"]["nearest"]]},
        "assumed_from_reference": old["assumed_from_reference"],
        "not_stated": old["not_stated"],
        "transfer_map": _transfer_map(old["transfer_map"]),
        "scale_comparison": _scale_comparison(old),
        "bridge": _bridge(old.get("bridge")),
        "drivers": old.get("explanations"),
        "equivalence": [_renamed(one, {"from": "smaller", "to": "larger"}) for one in old.get("equivalence", [])],
        "record": record | {"data_card": _renamed(record["data_card"], {"from": "first_date", "to": "last_date"})},
        "names": {},
    }
    if "scenarios" in old:
        new["scenarios"] = _part(old["scenarios"], _scenarios)
        new["next_runs"] = _part(old.get("next_runs"), _next_runs)
    return new


def _renamed(data: Data, names: dict[str, str]) -> Data:
    return {names.get(key, key): value for key, value in data.items()}


def _attribute(old: Data) -> Data:
    outcome: Data = {"state": "refused", "reason": old["refused_because"]}
    if old["answered"]:
        intervals = [{"level": float(level)} | ends for level, ends in old["intervals"].items()]
        outcome = {
            "state": "predicted",
            "value": old["predicted"],
            "intervals": intervals,
            "chance": old["probability_within_specification"],
            "calibrated_by": old["calibrated_by"],
        }
    return {
        "unit": old["unit"],
        "description": old["description"],
        "question": {"kind": old["question"]},
        "reference": old["carry_over"],
        "specification": old["specification"],
        "outcome": outcome,
    }


def _transfer_map(old: Data) -> Data:
    gaps = {f"{side}_gaps": old["gaps"][side] for side in ("sending", "receiving")}
    return {key: value for key, value in old.items() if key != "gaps"} | gaps


def _scale_comparison(old: Data) -> Data:
    given = old.get("scale_comparison", {"tolerance": 0.1, "quantities": [], "holding": []})
    matched = {line["quantity"]: line["matched"] for line in given["quantities"]}
    return {
        "tolerance": given["tolerance"],
        "quantities": [line | {"matched": matched.get(line["quantity"])} for line in old["comparison"]],
        "holding": [_renamed(line, {"hold": "quantity"}) for line in given["holding"]],
    }


def _bridge(old: Data | None) -> Data | None:
    return None if old is None else {key: value for key, value in old.items() if key != "background"} | old["background"]


def _part(old: Data | None, upgrade: Any) -> Data:
    if old is None:
        return {"state": "withheld", "reason": "the transfer map names gaps that the prediction depends on"}
    return upgrade(old)  # type: ignore[no-any-return]


def _scenarios(old: Data) -> Data:
    captions, reached = old["captions"], old["reached"]
    return old | {
        "state": "computed",
        "varied": [_renamed(one, {"half_width": "width", "sd": "width"}) for one in old["varied"]],
        "materials": [_renamed(one, {"lots": "source"}) for one in old["materials"]],
        "attributes": [_attribute_scenarios(one) for one in old["attributes"]],
        "curves": [_renamed(one, {"limits": "limits_from"}) for one in old["curves"]],
        "reached": reached
        and {key: value for key, value in reached.items() if key != "ranges_around"}
        | {"at_set_points": reached["ranges_around"] == "the proposed set-points"},
        "ranges": [_renamed(one, {"limits": "limits_from"}) for one in old["ranges"]],
        "joint": _renamed(old["joint"], {"said": "sentence"}),
        "captions": _renamed(captions, {"design_space": "design_map"}),
    }


def _attribute_scenarios(old: Data) -> Data:
    names = {"probability_within_specification": "chance"}
    return old | {side: _renamed(old[side], names) for side in ("without_model_error", "with_model_error")}


def _next_runs(old: Data) -> Data:
    if old["chance"] is None:
        return {"state": "withheld", "reason": old["caption"]}
    return _renamed(old, {"cost": "cost_note"}) | {
        "state": "computed",
        "runs": [_with_place(one) for one in old["runs"]],
        "by_scale": [_with_place(one) for one in old["by_scale"]],
    }


def _with_place(old: Data) -> Data:
    place = ("scale", "unit", "equipment", "as_batch")
    return {key: value for key, value in old.items() if key not in place} | {"place": {key: old[key] for key in place}}
