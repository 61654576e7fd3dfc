"""Pages of the configuration: one per folder of `conf/`, one for proposals, one for `params.yaml`."""

import itertools
from pathlib import Path

import yaml

from docs.generator.markdown import code, heading, page, prose, table
from docs.generator.objects import meaning, sections, value_words
from docs.generator.schemas import Schema, described_schema
from pipeline.config import GROUPS, Config
from pipeline.domain.proposal import Proposal

TITLES = {
    "process": "Process definition",
    "split": "Splits",
    "model": "Models",
    "interval": "Intervals",
    "plant": "Virtual plant",
    "trains": "Simulated trains",
    "transfer": "Site knowledge",
    "left_out": "Batches left out",
    "scope": "Scope: clients kept apart",
    "cost": "Cost of a run",
    "decision": "Limits of a decision",
    "monitoring": "Monitoring",
}


def configuration_pages(root: Path) -> dict[str, str]:
    """Return file name → page."""
    schema = described_schema(Config)
    pages = {f"conf_{group}.md": _group_page(root, group, schema) for group in GROUPS}
    return {"params.md": _params_page(root, schema), "proposal.md": _proposal_page(), **pages}


def _group_page(root: Path, group: str, schema: Schema) -> str:
    return page(
        heading(1, TITLES[group]),
        f"A file of the folder `conf/{group}/`. `params.yaml` chooses one of them: `{group}: <name of the file>`. "
        "An unknown key is an error.",
        table(("file", "what it is"), _options(root, group)),
        *sections(schema["properties"][group], schema["$defs"]),
    )


def _options(root: Path, group: str) -> list[tuple[str, str]]:
    """The files of a folder of `conf/`, each with its first comment."""
    files = sorted((root / "conf" / group).glob("*.yaml"))
    return [(code(f"conf/{group}/{file.name}"), prose(_first_comment(file))) for file in files]


def _first_comment(file: Path) -> str:
    lines = itertools.takewhile(lambda line: line.startswith("#"), file.read_text(encoding="utf-8").splitlines())
    return " ".join(line.removeprefix("#").strip() for line in lines)


def _params_page(root: Path, schema: Schema) -> str:
    chosen = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    rows = [
        (
            code(key),
            f"a file of `conf/{key}/`: {', '.join(code(path.stem) for path in sorted((root / 'conf' / key).glob('*.yaml')))}"
            if key in GROUPS
            else value_words(given),
            code(str(chosen.get(key, ""))),
            f"[{TITLES[key]}](conf_{key}.md)" if key in GROUPS else prose(meaning(given, schema["$defs"])),
        )
        for key, given in schema["properties"].items()
    ]
    return page(
        heading(1, "Choices: params.yaml"),
        "`params.yaml` says which option of each folder of `conf/` is used. The stage `configure` composes them into "
        "`data/config/`, one file per key. This is what ran. `dvc exp run -S <key>=<value>` changes one choice for one experiment.",
        table(("key", "value", "in this repository", "meaning"), rows),
    )


def _proposal_page() -> str:
    schema = described_schema(Proposal)
    definitions = schema["$defs"] | {"Proposal": schema}
    return page(
        heading(1, "Proposal"),
        "A file of the folder `data/proposals/`. It describes one proposed batch. An unknown key is an error. "
        "Values may carry a unit, such as `52 rpm`; a plain number is in the unit of the attribute.",
        *sections({"$ref": "#/$defs/Proposal"}, definitions),
    )
