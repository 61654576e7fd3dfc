"""The page of the command line: `scalebridge` and `make`."""

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from docs.generator.markdown import code, heading, page, prose, table
from pipeline.cli import app


def command_line_page(root: Path) -> str:
    """Return the page."""
    group = typer.main.get_command(app)
    commands: dict[str, Any] = group.commands  # type: ignore[attr-defined]
    return page(
        heading(1, "Command line"),
        "`scalebridge <command> --help` prints the same. A mistake in a file ends with one sentence and exit code 1. "
        "`scalebridge --version` prints the version. `scalebridge --install-completion` lets your shell complete commands.",
        *(_command(name, command) for name, command in _verbs(commands)),
        heading(2, "make", "make"),
        "Targets of the `Makefile`. Each creates the environment `.venv` first if it is missing.",
        table(("target", "what it does"), make_targets(root)),
    )


def _verbs(commands: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each command with the words that call it; of a group of commands, those in it."""
    for name, command in commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield before + name, command
        else:
            yield from _verbs(inner, f"{before}{name} ")


def _command(name: str, command: Any) -> str:
    arguments = [option for option in command.params if not option.opts[0].startswith("-")]
    usage = " ".join(["scalebridge", name, *(option.name.upper() for option in arguments)])
    rows = [_option(option) for option in command.params if "--help" not in option.opts]
    return "\n\n".join(
        [
            heading(2, name, name.replace(" ", "-")),
            f"```text\n{usage} [options]\n```",
            prose(inspect.cleandoc(command.help or "")),
            *([table(("argument or option", "default", "meaning"), rows)] if rows else []),
        ]
    )


def _option(option: Any) -> tuple[str, str, str]:
    names = ", ".join(option.opts) if option.opts[0].startswith("-") else option.name.upper()
    default = "required" if option.required else "" if option.default in (None, False) else code(str(option.default))
    return code(names), default, prose(option.help or "")


def make_targets(root: Path) -> list[tuple[str, str]]:
    """Return the targets of the Makefile that say what they do."""
    found = re.findall(r"^([a-z-]+):.*?## *(.+)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return [(code(f"make {target}"), text) for target, text in found]
