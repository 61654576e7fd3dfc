"""Which published run and which models gave an answer, in words."""

from collections.abc import Mapping

from pipeline.answers.result.answer import Answer
from pipeline.domain.display import in_words

NO_RUN = "not recorded"


def run_of(answer: Answer) -> str:
    """Return the name of the published run that answered; answers of an earlier version have none."""
    return answer.record.hashes.run or NO_RUN


def models_of(answer: Answer) -> Mapping[str, str]:
    """Return quality attribute → model that answers, both in words; attributes that are refused have none."""
    kinds = answer.record.model_card.answered_by
    return {
        answer.name(key): in_words(kinds[key])
        for key, one in answer.attributes.items()
        if key in kinds and one.predicted is not None
    }


def answered_by(answer: Answer) -> str:
    """Return the process, the run and the models of an answer as a sentence."""
    process = answer.record.data_card.process
    attributes: dict[str, list[str]] = {}
    for attribute, model in models_of(answer).items():
        attributes.setdefault(model, []).append(attribute)
    models = "; ".join(f"{model} ({', '.join(named)})" for model, named in attributes.items())
    run = f"run {answer.record.hashes.run}" if answer.record.hashes.run else "a run that an earlier version did not record"
    return f"Answered by {run}, {process}" + (f"; models: {models}." if models else ".")
