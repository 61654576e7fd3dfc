"""A small qualification with a check of each state."""

from pipeline.qualification.check import Check
from pipeline.qualification.qualification import Qualification
from pipeline.qualification.requirements import requirements
from pipeline.qualification.trail import Trail, TrailEntry


def qualified() -> Qualification:
    """One recorded, one passed and one failed check, and one answer in the trail."""
    packages = tuple(f"package-{number} 1.{number}" for number in range(40))
    installation = Check("IQ-03", "Packages", "as pinned", "40 packages", "recorded", 0.25, packages)
    passed = Check("OQ-01", "Formulas", "equal", "4 formulas", "passed", 0.5, ("power: 625000",))
    failed = Check("OQ-02", "Units", "60 rpm = 1/s", "25 <degC>", "failed", 0.125, ())
    entry = TrailEntry("2026-11-01T08:00:00+00:00", "meier <b>", "P to 100 L", "0123456789abcdef", "fedcba9876543210")
    return Qualification(
        version="1.2.3",
        user="meier",
        folder="/project",
        begun="2026-11-28T08:00:00+00:00",
        ended="2026-11-28T08:01:00+00:00",
        checks={"Installation": (installation,), "Operation": (passed, failed), "Project in this folder": ()},
        trail=Trail("data/answers_given/record", (entry,), ("x.json is damaged",)),
        requirements=requirements(),
    )
