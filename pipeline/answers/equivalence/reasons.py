"""The reason of a verdict on two scales, in words."""

from pipeline.answers.equivalence.judgement import DIFFERENT, OFFSET, SAME, SLOPE, UNKNOWN, Judgement
from pipeline.answers.equivalence.needed import MOST
from pipeline.answers.equivalence.words import Words
from pipeline.domain.display import digits

PRODUCT = Words()
"""Words of a comparison of scales."""
UNBOUNDED = "the process definition must state `between` for the attribute to bound them"


def reason(found: Judgement, censored: tuple[int, int], words: Words) -> str:
    """Return the reason. censored: number of censored results per scale. words: those of the comparison."""
    untested = () if found.slopes is not None else ("slopes could not be compared",)
    about = (_censored(found, censored, words),) if any(censored) else ()
    return "; ".join((_evidence(found, words), _finding(found, words), *_missing(found, words), *about, *untested))


def not_bounded(censored: tuple[int, int], words: Words = PRODUCT) -> str:
    """Return the reason if nothing bounds the censored results."""
    return f"{_counted(censored, words)}, and nothing bounds what they can be: {UNBOUNDED}"


def _evidence(found: Judgement, words: Words) -> str:
    """Say what the evidence is: products, or the batches of one product."""
    differences = found.effect.differences
    if len(differences) == 1:
        return f"one {words.one}: its batches are the evidence, and they say nothing about another {words.one}"
    spread = digits(float(differences.std(ddof=1)), 2)
    lowest, highest = (digits(float(end), 2) for end in (differences.min(), differences.max()))
    between = f"{len(differences)} {words.many} differ between the {words.place}s"
    return f"{between} by {lowest} to {highest} (standard deviation {spread})"


def _finding(found: Judgement, words: Words) -> str:
    if found.margin is None:
        alike = f"no two batches have the same product and {words.place}"
        return f"the margin counts in standard deviations between batches, and {alike}"
    return {
        SAME: "the interval of the mean difference lies within the margin",
        OFFSET: "the mean difference is not zero and not within the margin; no relevant difference of the slopes is shown",
        SLOPE: f"equal at the set-point, but a setting has a larger effect at one {words.place}",
        DIFFERENT: "level and slope differ",
    }.get(
        found.verdict,
        "the interval of the mean difference extends beyond the margin, and a difference from zero is not shown",
    )


def _missing(found: Judgement, words: Words) -> tuple[str, ...]:
    """Say how much evidence would decide, if it is the number that is missing."""
    if found.verdict != UNKNOWN or found.margin is None or found.censored_decide:
        return ()
    alone = len(found.effect.differences) == 1
    unit = f"batches at each {words.place}" if alone else f"{words.many} at both {words.place}s"
    number = f"about {found.needed}" if found.needed is not None else f"more than {MOST}"
    return (f"{number} {unit} that vary like these would decide in 80 % of cases",)


def _censored(found: Judgement, censored: tuple[int, int], words: Words) -> str:
    """Say how many results are censored and what that means for the verdict."""
    lowest, highest = (digits(end, 2) for end in found.effect.range)
    text = (
        f"{_counted(censored, words)}; if they lie at the ends of their ranges, the mean difference is {lowest} or {highest}"
    )
    return f"{text}, and this is why the data can't tell" if found.censored_decide else text


def _counted(censored: tuple[int, int], words: Words) -> str:
    first, second = censored
    return f"censored results: {first} at the {words.first} and {second} at the {words.second} {words.place}"
