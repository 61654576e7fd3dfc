"""The reason of a verdict on two scales, in words."""

from pipeline.answers.equivalence.judgement import DIFFERENT, OFFSET, SAME, SLOPE, UNKNOWN, Judgement
from pipeline.answers.equivalence.needed import MOST
from pipeline.domain.display import digits

UNBOUNDED = "the process definition must state `between` for the attribute to bound them"


def reason(found: Judgement, censored: tuple[int, int], words: tuple[str, str]) -> str:
    """Return the reason. censored: number of censored results per scale. words: what a product is called, once and many times."""
    untested = () if found.slopes is not None else ("slopes could not be compared",)
    about = (_censored(found, censored),) if any(censored) else ()
    return "; ".join((_evidence(found, words), _finding(found), *_missing(found, words), *about, *untested))


def not_bounded(censored: tuple[int, int]) -> str:
    """Return the reason if nothing bounds the censored results."""
    return f"{_counted(censored)}, and nothing bounds what they can be: {UNBOUNDED}"


def _evidence(found: Judgement, words: tuple[str, str]) -> str:
    """Say what the evidence is: products, or the batches of one product."""
    differences = found.effect.differences
    if len(differences) == 1:
        return f"one {words[0]}: its batches are the evidence, and they say nothing about another {words[0]}"
    spread = digits(float(differences.std(ddof=1)), 2)
    lowest, highest = (digits(float(end), 2) for end in (differences.min(), differences.max()))
    return f"{len(differences)} {words[1]} differ between the scales by {lowest} to {highest} (standard deviation {spread})"


def _finding(found: Judgement) -> str:
    if found.margin is None:
        return "the margin counts in standard deviations between batches, and no two batches have the same product and scale"
    return {
        SAME: "the interval of the mean difference lies within the margin",
        OFFSET: "the mean difference is not zero and not within the margin; no relevant difference of the slopes is shown",
        SLOPE: "equal at the set-point, but a setting has a larger effect at one scale",
        DIFFERENT: "level and slope differ",
    }.get(
        found.verdict,
        "the interval of the mean difference extends beyond the margin, and a difference from zero is not shown",
    )


def _missing(found: Judgement, words: tuple[str, str]) -> tuple[str, ...]:
    """Say how much evidence would decide, if it is the number that is missing."""
    if found.verdict != UNKNOWN or found.margin is None or found.censored_decide:
        return ()
    unit = "batches at each scale" if len(found.effect.differences) == 1 else f"{words[1]} at both scales"
    number = f"about {found.needed}" if found.needed is not None else f"more than {MOST}"
    return (f"{number} {unit} that vary like these would decide in 80 % of cases",)


def _censored(found: Judgement, censored: tuple[int, int]) -> str:
    """Say how many results are censored and what that means for the verdict."""
    lowest, highest = (digits(end, 2) for end in found.effect.range)
    text = f"{_counted(censored)}; if they lie at the ends of their ranges, the mean difference is {lowest} or {highest}"
    return f"{text}, and this is why the data can't tell" if found.censored_decide else text


def _counted(censored: tuple[int, int]) -> str:
    return f"censored results: {censored[0]} at the smaller and {censored[1]} at the larger scale"
