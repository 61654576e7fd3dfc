"""Views of an experiment that are saved in MLflow: which charts its chart view shows, in which order, and which runs.

MLflow keeps a view in a tag of the experiment. The page `…/runs?viewStateShareKey=<key>` opens it.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.config_files import as_json
from pipeline.domain.display import in_words
from pipeline.tracking.record import FORM

TAG = "mlflow.sharedViewState."
"""Start of the name of a tag that holds a view."""
KIND = {"mlflow.experimentKind": "custom_model_development"}
"""Tag by which MLflow opens an experiment as one of model training, and not of language models."""
RUNS, CANDIDATES = "scalebridge-runs", "scalebridge-candidates"
"""Keys of the views."""
NAMES = {RUNS: "Skill by attribute and protocol", CANDIDATES: "Models that were compared"}
"""Key of a view → its name."""
MADE = 1_795_737_600_000
"""Time at which the views were designed, in ms since 1970. A time of today would change the tag with each run."""
COMPRESSED = "deflate;"
"""Start of a view that is compressed. A tag must be short."""


@dataclass(frozen=True)
class Group:
    """Metrics that a view shows together, one chart each."""

    title: str
    metrics: Sequence[str]


def views(decides: Sequence[str], skill: Mapping[str, Sequence[str]], others: Sequence[str]) -> dict[str, str]:
    """Return the tags of an experiment that hold its views.

    decides: metrics that decide. skill: protocol → metrics with the skill of each attribute. others: further groups of metrics
    of the candidates, which are shown closed.
    """
    by_protocol = [Group(f"Skill: {in_words(protocol)}", metrics) for protocol, metrics in skill.items()]
    of_runs = [*by_protocol, Group("Numbers that decide", decides)]
    return {
        f"{TAG}{RUNS}": _tag(RUNS, "run", of_runs, [], None),
        f"{TAG}{CANDIDATES}": _tag(CANDIDATES, "candidate", by_protocol, others, "candidate"),
    }


def _tag(key: str, level: str, groups: Sequence[Group], closed: Sequence[str], by: str | None) -> str:
    """Return a view as MLflow reads it: name, times of making and changing, and the compressed state."""
    state = as_json(_state(key, level, groups, closed) | _grouped(by), indent=None).encode()
    packed = f"{COMPRESSED}{base64.b64encode(zlib.compress(state, 9)).decode()}"
    return as_json({"name": NAMES[key], "createdAt": MADE, "updatedAt": MADE, "state": packed}, indent=None)


def _state(key: str, level: str, groups: Sequence[Group], closed: Sequence[str]) -> dict[str, object]:
    sections = [{"uuid": f"{key}-{n}", "name": one.title, **_SHOWN} for n, one in enumerate(groups)]
    hidden = [{"uuid": f"{key}-closed-{n}", "name": name, **_SHOWN, "display": False} for n, name in enumerate(closed)]
    return {
        "searchFilter": f"tags.level = '{level}' and tags.form = '{FORM}'",
        "selectedColumns": ["tags.`acceptance`", "tags.`scales`", "tags.`product_count`", "attributes.`Dataset`"],
        "compareRunSections": [*sections, *hidden],
        "compareRunCharts": [chart for n, one in enumerate(groups) for chart in _charts(f"{key}-{n}", one)],
        "isAccordionReordered": True,
        "hideEmptyCharts": True,
    }


_SHOWN = {"display": True, "isReordered": False, "deleted": False, "isGenerated": False, "columns": 2, "cardHeight": 260}
"""Of a section. Cards of half the width have room for the whole name of a metric."""


def _grouped(tag: str | None) -> dict[str, object]:
    """State of a view that shows one bar for all runs with the same value of a tag: their mean."""
    keys = [{"mode": "tag", "groupByData": tag}]
    return {"groupBy": {"aggregateFunction": "average", "groupByKeys": keys} if tag else None}


def _charts(section: str, group: Group) -> list[dict[str, object]]:
    return [
        {
            "uuid": f"{section}-{n}",
            "type": "BAR",
            "metricSectionId": section,
            "metricKey": metric,
            "displayName": metric.rpartition("/")[2],
            "runsCountToCompare": 10,
            "deleted": False,
            "isGenerated": False,
        }
        for n, metric in enumerate(group.metrics)
    ]
