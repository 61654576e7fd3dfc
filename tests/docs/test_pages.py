"""What the pages show is valid and exists: YAML examples, commands, make targets, paths, decisions."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from docs.generator.command_line import make_targets
from pipeline.answers.limits import DecisionConfig
from pipeline.answers.watch.batch_file import BatchFile
from pipeline.cli import app
from pipeline.config import compose
from pipeline.domain.config_files import parse
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scope import Scope
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.extrapolation.protocols import Split
from tests.support.markdown_blocks import ROOT, Block, blocks, pages

CLASSES: dict[str, type] = {
    "data/proposals": Proposal,
    "conf/process": Process,
    "conf/split": Split,
    "conf/transfer": SiteKnowledge,
    "conf/left_out": LeftOut,
    "conf/scope": Scope,
    "conf/cost": RunCost,
    "conf/decision": DecisionConfig,
    "running": BatchFile,
}
YAML = [block for page in pages() for block in blocks(page, "yaml")]
SHELL = [block for page in pages() for block in blocks(page, "bash")]
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TARGETS = {target.strip("`").removeprefix("make ") for target, _ in make_targets(ROOT)}
PATHS = re.compile(r"`((?:pipeline|conf|tests|benchmarks|docs|notebooks|data/proposals)/[\w./-]+)`")


@pytest.mark.parametrize("block", YAML, ids=str)
def test_yaml__is_what_the_program_reads(block: Block, tmp_path: Path) -> None:
    if block.file == "params.yaml":
        params = tmp_path / "params.yaml"
        params.write_text(yaml.safe_dump(block.data), encoding="utf-8")
        assert compose(ROOT / "conf", params)
    else:
        assert parse(CLASSES[str(Path(block.file).parent)], block.data, str(block))


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_shell__commands_exist(block: Block) -> None:
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            assert words[1] in TARGETS, line
        if words[:1] == ["scalebridge"]:
            command = COMMANDS[words[1]]
            command = getattr(command, "commands", {}).get(words[2], command) if len(words) > 2 else command
            options = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_page__names_commands_and_paths_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for verb in re.findall(r"`scalebridge (\w+)", text):
        assert verb in COMMANDS, verb
    for target in re.findall(r"`make ([\w-]+)", text):
        assert target in TARGETS, target
    shown = {block.file for block in [*YAML, *blocks(page, "python")]}
    for path in [*PATHS.findall(text), *re.findall(r"`python ([\w/]+\.py)", text)]:
        generated = path.startswith("docs/reference")
        assert generated or path in shown or (ROOT / path).exists(), path


def test_decisions__are_dated_and_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(
        r"^\| ([\d-]+) \| \[([^\]]+)\]\(([^)]+)\) \|$", (folder / "index.md").read_text(encoding="utf-8"), re.M
    )
    assert sorted(file for _, _, file in listed) == sorted(path.name for path in folder.glob("2*.md"))
    for date, title, file in listed:
        text = (folder / file).read_text(encoding="utf-8")
        assert file.startswith(date)
        assert text.startswith(f"# {title}\n\nDate: {date}\n"), file


def test_glossary__gives_each_word_an_address() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^### (.+)$", text, re.MULTILINE)
    addresses = re.findall(r"^### .+ \{#([a-z-]+)\}$", text, re.MULTILINE)
    assert len(words) == len(addresses) == len(set(addresses))
