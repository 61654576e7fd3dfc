"""Checks of the names in a process definition. They become files, columns and metrics, so each is checked once, here."""

from pipeline.domain.names.allowed import ALLOWED, alike, name_problem, proposed_name
from pipeline.domain.names.shown import plain_text
from pipeline.domain.process.definition import Definition


def name_problems(process: Definition) -> list[str]:
    """List the names that are not allowed, and those that are the same file on some computers. One sentence each."""
    groups = {
        "process": (process.name,),
        "attribute": tuple(process.attributes),
        "source": tuple(process.sources),
        "material": tuple(process.materials),
        "operation": tuple(process.operations),
        "step": tuple(process.steps),
    }
    wrong = [
        f"the {kind} name {plain_text(name)!r} is not allowed: {problem}; write for example '{proposed_name(name)}'"
        for kind, names in groups.items()
        for name in names
        if (problem := name_problem(name))
    ]
    same = [
        f"the {kind} names '{first}' and '{second}' differ only in case or in how letters are composed; both would be one file "
        "on some computers. Rename one"
        for kind, names in groups.items()
        for first, second in alike(names)
    ]
    return [*wrong, *([ALLOWED] if wrong else []), *same]
