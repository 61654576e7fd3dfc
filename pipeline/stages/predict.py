"""Stage `predict`: the answer to every proposal about the process, as data, as a page and part by part."""

from pipeline.answers.answer_files import answer_whole
from pipeline.answers.limits import DecisionConfig
from pipeline.answers.trained_run import Choices, proposals_for, read_basis
from pipeline.domain.config_files import load
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.reports.files import write_answer
from pipeline.stages.run import run


def predict(places: Places) -> None:
    """Answer every proposal about this process."""
    process, limits = load(places.config, "process", Process), load(places.config, "decision", DecisionConfig)
    sites, cost = load(places.config, "transfer", SiteKnowledge), load(places.config, "cost", RunCost)
    basis = read_basis(places, process, limits, Choices(sites, cost, load(places.config, "seed", int)))
    places.answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(process, places.proposals):
        write_answer(dict(answer_whole(path, basis).result), places.answers / path.stem)


if __name__ == "__main__":
    run(predict)
