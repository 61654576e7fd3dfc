"""The `dvc.yaml` of a workspace, derived from that of the repository: one file stands for the code of the tool."""

from collections.abc import Mapping
from typing import Any

import yaml

from pipeline.domain.tool import PACKAGE, TOOL

HEADER = f"""\
# The flow: what each stage needs (deps) and what it writes (outs, metrics). params.yaml names the chosen options, conf/ holds them.
# `scalebridge init` wrote this file, and `scalebridge upgrade` writes it again. {TOOL} stands for the code of the tool: after an
# upgrade every stage runs again. You may add stages of your own.
"""


def workspace_flow(text: str) -> str:
    """Return the `dvc.yaml` of a workspace. text: the `dvc.yaml` of the repository.

    In each stage all files of the package among the dependencies are replaced by `tool.json`. Nothing else changes. A stage
    without a dependency on the package gets none on `tool.json`.
    """
    flow: dict[str, Any] = yaml.safe_load(text)
    stages = {name: _stage(stage) for name, stage in flow["stages"].items()}
    return HEADER + yaml.safe_dump(flow | {"stages": stages}, sort_keys=False, allow_unicode=True, width=120)


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    deps = [path for path in stage["deps"] if not _is_code(path)]
    return {**stage, "deps": deps + [TOOL] * (len(deps) < len(stage["deps"]))}


def _is_code(path: str) -> bool:
    return path.split("/")[0] == PACKAGE.name
