"""Stage `explain`: what moves each quality attribute, over all batches and within a product, as tables and pictures."""

from pipeline.assessment.importance import draw_explanations, importance_of_all
from pipeline.assessment.importance_stability import stability_of_all
from pipeline.domain.config_files import load
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.features.catalogue import labels_of
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.models.registry import ModelConfig, ladder
from pipeline.stages.run import run, write


def explain(places: Places) -> None:
    """Explain the final model of every target on all batches. Refit it to other products to see which explanations last."""
    process, seed = load(places.config, "process", Process), load(places.config, "seed", int)
    candidates = ladder(load(places.config, "model", ModelConfig))
    rows, results = read_table(places.features), read_table(places.results)
    finals = TrainedModel.load(places.model).finals
    units = {target: process.attributes[target].si for target in finals}
    models = {target: final.model for target, final in finals.items()}
    importance = importance_of_all(models, rows, units)
    draw_explanations(models, rows, importance, units, labels_of(process), places.explanations)
    write(importance, places.importance)
    write(stability_of_all(finals, rows, results, units, candidates, seed), places.stability)
    record(
        places,
        "explain",
        keys=("model", "process", "seed"),
        read=(places.features, places.results, places.model),
        written=(places.explanations,),
    )


if __name__ == "__main__":
    run(explain)
