"""Find the proposals in a folder, and read them one by one: one bad file costs one answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.answers.case.spectra import with_spectrum_files
from pipeline.domain.config_files import place_in, read_as, read_yaml
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.names.allowed import file_problem, folded
from pipeline.domain.names.shown import plain_text
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.folders import outside

ENDINGS = (".yaml", ".yml")
"""Endings of the name of a proposal's file, in small or capital letters."""


@dataclass(frozen=True)
class FoundProposals:
    """The files in a folder of proposals, sorted by name. Each is in one of the four parts."""

    proposals: Mapping[Path, Proposal]
    """Proposals about the process."""
    refused: Mapping[Path, str]
    """Proposals that cannot be read, each with a sentence."""
    about_others: Mapping[Path, str]
    """Proposals about other processes, each with its process."""
    others: tuple[Path, ...]
    """Files and folders that are no proposals by their name."""

    def notes(self) -> list[str]:
        """Sentences that name what is left out, so that nothing is left out silently."""
        found = []
        if self.others:
            names = plain_text(listed((path.name for path in self.others), 9))
            found.append(
                f"Not answered, since the name of a proposal ends in .yaml or .yml and does not begin with a dot: {names}"
            )
        if self.about_others:
            named = (f"{path.name} ({process})" for path, process in self.about_others.items())
            found.append(f"Not answered, since they are about another process: {plain_text(listed(named, 9))}")
        return found


def find_proposals(folder: Path, process: str, defined: Collection[str]) -> FoundProposals:
    """Read the proposals in a folder that are about a process.

    defined: names of all processes that have a definition. A proposal about none of them is refused: its process is misspelt.
    """
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in there if path.suffix.lower() in ENDINGS and not path.name.startswith(".")]
    proposals: dict[Path, Proposal] = {}
    refused: dict[Path, str] = {}
    about_others: dict[Path, str] = {}
    taken: dict[str, Path] = {}
    beside: set[Path] = set()
    for path in files:
        try:
            _check_file(path, taken.setdefault(folded(path.stem), path))
            given = read_yaml(path)
            about = given.get("process")
            beside |= _files_of(given.get("spectra"), folder)
            if isinstance(about, str) and about != process:
                _check_process(path, about, {process, *defined})
                about_others[path] = about
            else:
                proposals[path] = read_proposal(path)
        except ScalebridgeError as error:
            refused[path] = str(error)
    unread = (path for path in there if path not in files and path not in beside)
    others = tuple(path for path in unread if path.name not in (".gitignore", ".gitkeep", ".DS_Store"))
    return FoundProposals(proposals, refused, about_others, others)


def _files_of(spectra: object, folder: Path) -> set[Path]:
    """Return the files in which a proposal states spectra."""
    stated = spectra.values() if isinstance(spectra, Mapping) else ()
    return {folder / name for name in stated if isinstance(name, str)}


def read_proposal(path: Path) -> Proposal:
    """Return the proposal in a file.

    Raises ScalebridgeError if the file is missing, is not YAML, or is not a proposal. The message names the line. It is raised as
    well for the file of a spectrum that cannot be read.
    """
    made = read_as(Proposal, path)
    assert isinstance(made, Proposal)
    return with_spectrum_files(made, path.parent)


def _check_process(path: Path, about: str, known: Collection[str]) -> None:
    """Refuse a process that has no definition."""
    if about not in known:
        near = close_to(about, known)
        raise ScalebridgeError(
            f"{path} {place_in(path, ('process',))}: there is no process {about[:60]!r}; processes are {listed(sorted(known), 20)}"
            + (f". Is {near} meant? Correct" if near else "; correct")
            + " the name, or move the file to another folder"
        )


def _check_file(path: Path, first: Path) -> None:
    """Refuse a file whose answer would have no folder of its own, and a link that leads out of the folder.

    first: the first file whose answer would have the same folder.
    """
    if problem := file_problem(path.stem):
        raise ScalebridgeError(
            f"'{plain_text(str(path))}' cannot give its name to a folder of answers: {problem}; rename the file"
        )
    if path != first:
        raise ScalebridgeError(
            f"{path} would have its answer in the folder of another proposal, {first.name}; rename one of the two files"
        )
    if target := outside(path, path.parent):
        raise ScalebridgeError(f"{path} is a link to {target}, outside of its folder; copy the file instead")
