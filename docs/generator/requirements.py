"""The page from requirement to test."""

from docs.generator.markdown import heading, page, table
from pipeline.qualification.requirements import requirements


def requirements_page() -> str:
    """Return the page: what a user requires, the tests that show it, and the checks on the installed program."""
    rows = [
        (key, one.text, "<br>".join(f"`{test}`" for test in one.tests), ", ".join(one.checks) or "–")
        for key, one in requirements().items()
    ]
    return page(
        heading(1, "From requirement to test"),
        "Each requirement names tests of the source. `pytest <test>` runs one. A test checks that each of them exists. The last "
        "column names the checks of `scalebridge qualify` that show the same on the installed program.",
        table(("id", "a user requires", "tests", "checks"), rows),
    )
