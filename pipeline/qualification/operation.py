"""Operation qualification: does the installed program compute, refuse and protect as it promises?"""

import doctest
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType

from pipeline import similarity
from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case, read_case
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import as_text, read_answer
from pipeline.answers.trained_run import TrainedRun, read_trained_run
from pipeline.domain.config_files import parse, read_json, read_yaml
from pipeline.domain.display import digits
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from pipeline.domain.units import quantity
from pipeline.domain.whole_files import write_whole
from pipeline.publication.bundle import open_bundle
from pipeline.publication.origin import read_origin, refuse_other_code
from pipeline.publication.runs import current_run, run_named
from pipeline.qualification.check import Check, Finding, check, refused
from pipeline.qualification.reference_case import PROPOSAL, expected, run_reference
from pipeline.similarity import mixing

TARGET = "titre"
"""The quality attribute of the reference case."""


class Reference:
    """The reference case, run in a folder. Each part is computed when it is asked for first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def places(self) -> Places:
        """Places of the project that was run from the raw files."""
        return run_reference(self.folder / "project")

    @cached_property
    def run(self) -> TrainedRun:
        """The published run."""
        return read_trained_run(self.places)

    def proposal(self, **changes: object) -> Proposal:
        """Return the proposal, with changes of its fields."""
        made: Proposal = parse(Proposal, {**read_yaml(self.places.proposals / PROPOSAL), **changes}, "reference case")
        return made

    def answer(self, **changes: object) -> Answer:
        """Return the numbers of the answer to the proposal."""
        return answer(make_case(self.proposal(**changes), self.run), self.run, depth="causes")

    def copy(self, name: str) -> Path:
        """Return a copy of the published run, under its own name in a folder."""
        source = current_run(self.places).folder
        return Path(shutil.copytree(source, self.folder / name / source.name))


def operation_checks(folder: Path) -> Iterator[Check]:
    """Yield the checks of the operation. folder: an empty folder for the reference case."""
    case, wanted = Reference(folder), expected()
    within = f"within {100 * wanted.relative_tolerance:g} %"
    counts = ", ".join(f"{name} {count}" for name, count in wanted.rows.items())
    aside = wanted.set_aside
    yield check("OQ-01", "Formulas of scale-up against worked examples", "equal in the digits of the example", formulas)
    yield check("OQ-02", "Conversion of units", "60 rpm = 1 turn/s, 25 °C = 298.15 K, 1 L = 0.001 m³", conversions)
    yield check("OQ-03", "Reference case from raw files to a published run", "a run is published", lambda: _published(case))
    yield check("OQ-04", "Every row of the raw files is valid or set aside", counts, lambda: _rows(case, wanted.rows))
    where = f"{aside.file}, row {aside.row}, value {aside.value}: {aside.reason}"
    yield check("OQ-05", "An impossible value is set aside with place and reason", where, lambda: _set_aside(case, where))
    numbers = f"{len(wanted.answer)} numbers {within}"
    yield check(
        "OQ-06", "Prediction, intervals and chance of the reference case", numbers,
        lambda: compared(wanted.answer, _numbers(case.answer()), wanted.relative_tolerance),
    )  # fmt: skip
    yield check(
        "OQ-07", "Scores of the reference case on hidden batches", f"{len(wanted.scores)} numbers {within}",
        lambda: compared(wanted.scores, _scores(case), wanted.relative_tolerance),
    )  # fmt: skip
    yield check("OQ-08", "A published run is whole", "every file has the hash of the manifest", lambda: whole(case.places))
    yield check("OQ-09", "One changed byte in a run is detected", "refused by the name of the file", lambda: _changed(case))
    yield check("OQ-10", "A missing file of a run is detected", "refused by the name of the file", lambda: _missing(case))
    yield check("OQ-11", "An answer is reproduced from its record", "the same numbers", lambda: _reproduced(case))
    yield check(
        "OQ-12", "An impossible set-point is refused", "a sentence, and no number",
        lambda: refused(lambda: case.answer(settings={"temperature": "98 degC"}), "outside the possible range"),
    )  # fmt: skip
    yield check(
        "OQ-13", "A wrong unit is refused", "a sentence, and no number",
        lambda: refused(lambda: case.answer(settings={"temperature": "36 L"}), "has the unit 'L'"),
    )  # fmt: skip
    yield check("OQ-14", "A model that other code trained is refused", "a sentence with the file", lambda: _other_code(case))
    yield check("OQ-15", "A command that fails", "exit code 1, one sentence, no traceback", lambda: _fails(folder))


def formulas() -> Finding:
    """Compare formulas with examples that were worked out by hand."""
    import polars as pl

    lit = pl.lit
    examples = {
        "Reynolds number, N = 1 1/s, D = 0.5 m, 1000 kg/m³, 0.01 Pa·s": (
            mixing.reynolds_number(lit(1.0), lit(0.5), 1000.0, 0.01), 25000.0),
        "tip speed, N = 1 1/s, D = 1 m": (mixing.tip_speed(lit(1.0), lit(1.0)), 3.141592653589793),
        "power, Np = 5, N = 5 1/s, D = 1 m, 1000 kg/m³": (mixing.power(lit(5.0), lit(5.0), lit(1.0), 1000.0), 625000.0),
        "power per volume, 625000 W in 10 m³": (mixing.power_per_volume(lit(625000.0), lit(10.0)), 62500.0),
    }  # fmt: skip
    found = {name: (float(pl.select(formula).item()), value) for name, (formula, value) in examples.items()}
    wrong = [name for name, (computed, value) in found.items() if abs(computed - value) > 1e-9 * abs(value)]
    lines = [f"{name}: {computed:.10g}, expected {value:.10g}" for name, (computed, value) in found.items()]
    for module in modules_of_formulas():
        done = worked_examples(module)
        lines.append(f"{module.__name__}: {done.attempted} examples of its docstrings, {done.failed} failed")
        wrong += [] if done.attempted and not done.failed else [module.__name__]
    return Finding("; ".join(wrong) or "all examples as expected", not wrong, tuple(lines))


def modules_of_formulas() -> list[ModuleType]:
    """Return every module that has a formula of `pipeline.similarity`, by name."""
    return [sys.modules[name] for name in sorted({getattr(similarity, name).__module__ for name in similarity.__all__})]


def worked_examples(module: ModuleType) -> doctest.TestResults:
    """Compute the worked examples in the docstrings of a module, and compare them with what stands there."""
    with redirect_stdout(io.StringIO()):
        return doctest.testmod(module)


def conversions() -> Finding:
    """Convert quantities with units to SI."""
    wanted = (("60 rpm", "1/s", 1.0), ("25 degC", "K", 298.15), ("1 L", "m^3", 0.001))
    found = [(text, quantity(text, to), value) for text, to, value in wanted]
    wrong = [text for text, computed, value in found if abs(computed - value) > 1e-9 * abs(value)]
    lines = tuple(f"{text} is {computed:.10g} in SI" for text, computed, _ in found)
    return Finding("; ".join(wrong) or "as expected", not wrong, lines)


def _published(case: Reference) -> Finding:
    bundle = current_run(case.places)
    return Finding(f"run {bundle.run} with {len(bundle.manifest.files)} files", passed=True)


def _rows(case: Reference, wanted: Mapping[str, int]) -> Finding:
    quality = read_json(case.places.quality)
    found = {name: int(quality[name]) for name in wanted}
    summed = found["rows_valid"] + found["rows_quarantined"] + found["rows_left_out"] == found["rows_read"]
    return Finding(", ".join(f"{name} {count}" for name, count in found.items()), found == dict(wanted) and summed)


def _set_aside(case: Reference, wanted: str) -> Finding:
    causes = read_json(case.places.quality)["causes"]
    found = [f"{p['file']}, row {p['row']}, value {p['value']}: {one['reason']}" for one in causes for p in one["places"]]
    return Finding("; ".join(found) or "nothing was set aside", found == [wanted])


def _numbers(found: Answer) -> dict[str, float]:
    """Prediction, intervals and chance of the answer to the reference case."""
    predicted = found.attributes[TARGET].predicted
    if predicted is None:
        return {}
    ends = {f"{end}_{one.level:g}": getattr(one, end) for one in predicted.intervals for end in ("lower", "upper")}
    return {"value": predicted.value, **ends, **({} if predicted.chance is None else {"chance": predicted.chance})}


def _scores(case: Reference) -> dict[str, float]:
    scores = read_json(current_run(case.places).places.metrics)
    return {f"{protocol}.{name}": value for protocol, of in scores.items() for name, value in of[TARGET].items()}


def compared(wanted: Mapping[str, float], found: Mapping[str, float], tolerance: float) -> Finding:
    """Compare numbers with those that are expected, with a relative tolerance."""
    missing = [name for name in wanted if name not in found]
    there = {name: (value, found[name]) for name, value in wanted.items() if name in found}
    off = {name: abs(number - value) / abs(value) for name, (value, number) in there.items()}
    wrong = [name for name, share in off.items() if share > tolerance]
    lines = tuple(f"{name}: {number:.6g}, expected {value:.6g}" for name, (value, number) in there.items())
    largest = f"largest deviation {digits(100 * max(off.values(), default=0.0))} %"
    problems = [*(f"{name} is missing" for name in missing), *(f"{name} deviates" for name in wrong)]
    return Finding("; ".join([*problems, largest]), not problems, lines)


def whole(places: Places) -> Finding:
    """Compare every file of the current run with its manifest."""
    bundle = current_run(places)
    return Finding(f"run {bundle.run}: {len(bundle.manifest.files)} files as in the manifest", passed=True)


def _changed(case: Reference) -> Finding:
    folder = case.copy("changed")
    file = Places.under(folder).features
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(bytes(data))
    return refused(lambda: open_bundle(folder), f"{file.name} was changed")


def _missing(case: Reference) -> Finding:
    folder = case.copy("missing")
    file = Places.under(folder).features
    file.unlink()
    return refused(lambda: open_bundle(folder), f"{file.name} is missing")


def _reproduced(case: Reference) -> Finding:
    file = case.folder / "result.json"
    write_whole(file, as_text(case.answer()))
    stored = read_answer(file)
    run = read_trained_run(case.places, run_named(case.places, stored.record.hashes.run))
    return same(stored, answer(make_case(case.proposal(), run), run, depth="causes"), case.folder)


def same(stored: Answer, again: Answer, folder: Path) -> Finding:
    """Compare the numbers of an answer that was read from a file with those of the same question, asked again."""
    file = folder / "again.json"
    write_whole(file, as_text(again))
    repeated = read_answer(file)
    equal = stored.attributes == repeated.attributes
    values = {name: (one, repeated.attributes.get(name)) for name, one in stored.attributes.items()}
    other = [name for name, (before, now) in values.items() if before != now]
    found = f"the same numbers for {', '.join(values)}" if equal else f"other numbers for {', '.join(other)}"
    return Finding(f"run {stored.record.hashes.run}: {found}", equal)


def _other_code(case: Reference) -> Finding:
    trained = read_origin(current_run(case.places).places.origin)
    name = "pipeline/models/ridge.py"
    return refused(lambda: refuse_other_code(replace(trained, code={**trained.code, name: "0" * 64})), name)


def _fails(folder: Path) -> Finding:
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "predict", "nowhere.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    said = done.stderr.strip().splitlines()
    passed = done.returncode == 1 and len(said) == 1 and "Traceback" not in done.stderr
    return Finding(f"exit code {done.returncode}: {' '.join(said)[:300]}", passed)


def project_checks(places: Places, folder: Path) -> Iterator[Check]:
    """Yield the checks of the project in this folder: its current run, and every stored answer. Nothing without a published run."""
    if not places.current_run.is_file():
        return
    yield check("PR-01", "The current run is whole", "every file has the hash of the manifest", lambda: whole(places))
    files = sorted(places.answers.glob("*/result.json")) if places.answers.is_dir() else []
    for number, file in enumerate(files, start=2):
        name = file.parent.name
        what = f"The answer {name} is reproduced from its record"
        yield check(f"PR-{number:02d}", what, "the same numbers", lambda: _again(places, name, folder))  # noqa: B023 (called at once)


def _again(places: Places, name: str, folder: Path) -> Finding:
    stored = read_answer(places.answers / name / "result.json")
    run = read_trained_run(places, run_named(places, stored.record.hashes.run))
    return same(stored, answer(read_case(places.proposals / f"{name}.yaml", run), run, depth="causes"), folder)
