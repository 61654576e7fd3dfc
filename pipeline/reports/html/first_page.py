"""Texts of the first page: the model behind each attribute, refusals without repeats, and the foot of the page."""

from datetime import date

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.record import AttributeAcceptance
from pipeline.domain.display import digits, in_words, percent

SAME = "for the same reason"


def models_in_words(answer: Answer) -> dict[str, str]:
    """Return attribute → the model that answers, with its scores and whether they meet the acceptance limits.

    The scores are those of the model that was chosen in each fold without its test batches. If folds chose other kinds, these are
    named.
    """
    kinds, scored = answer.record.model_card.answered_by, answer.record.credibility.result
    reached = {one.attribute: one for one in scored}
    return {
        key: _model(kinds.get(key, ""), reached.get(key))
        for key, one in answer.attributes.items()
        if one.predicted is not None and (kinds.get(key) or key in reached)
    }


def _model(kind: str, reached: AttributeAcceptance | None) -> str:
    parts = [in_words(kind)] if kind else []
    if reached is None:
        return "; ".join(parts)
    if reached.answered_by and reached.answered_by != (kind,):
        parts.append(f"folds chose {', '.join(map(in_words, reached.answered_by))}")
    if reached.skill is not None:
        parts.append(f"skill {digits(reached.skill, 2)}")
    if reached.coverage is not None:
        parts.append(f"{percent(round(reached.coverage, 2))} inside")
    return "; ".join([*parts, "accepted" if reached.met else "not accepted"])


def refusals(answer: Answer) -> dict[str, str]:
    """Return attribute → why it is not answered. A reason that was given above is not repeated."""
    said: set[str] = set()
    found = {}
    for key, one in answer.attributes.items():
        if one.refused is not None:
            found[key] = SAME if one.refused.reason in said else one.refused.reason
            said.add(one.refused.reason)
    return found


def foot(answer: Answer, asked: date | None) -> str:
    """Return on what the answer stands: run, data, version and date. asked: the day of the question, where it is known."""
    record = answer.record
    parts = [f"Run {record.hashes.run}"] if record.hashes.run else []
    parts.append(f"model {record.hashes.model[:12]}")
    data = record.data_card
    parts.append(f"{data.batches:,} batches" + (f" up to {data.last_date}" if data.last_date else ""))
    parts += [f"Scalebridge {record.tool}"] if record.tool else []
    parts += [f"asked on {asked.isoformat()}"] if asked else []
    accepted = "All attributes meet the acceptance limits." if record.credibility.accepted else _not_accepted(answer)
    return f"{'; '.join(parts)}. {accepted}"


def _not_accepted(answer: Answer) -> str:
    names = ", ".join(answer.name(one.attribute) for one in answer.record.credibility.result if not one.met)
    return (
        f"The acceptance limits are not met for {names}: do not base a decision on these predictions alone." if names else ""
    )
