"""Stage `evaluate`: forecasts to scores, metrics and pictures."""

from collections.abc import Sequence

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.assessment.acceptance_ledger import LedgerEntry, enter, entry_for, read_ledger
from pipeline.assessment.acceptance_protocol import why_protocol, with_protocol
from pipeline.assessment.noise_floor import assay_noise
from pipeline.assessment.past_scale_ups import reenactments
from pipeline.assessment.score_plots import draw_scores
from pipeline.assessment.scores import metrics, score
from pipeline.domain.config_files import as_json, load
from pipeline.domain.display import in_words
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.model_choice import ANSWERING
from pipeline.stages.run import run, write, write_text


def evaluate(places: Places) -> None:
    """Fix the acceptance limits. Then score every model, compare past scale-ups with their outcome, and draw what answers.

    Metrics, past scale-ups and pictures are those of the model that answers: in each fold the one that was chosen in the fold.

    `acceptance.json` says of which forecasts the other files are the scores.
    """
    process, seed = load(places.config, "process", Process), load(places.config, "seed", int)
    levels = load(places.config, "interval", IntervalConfig).levels
    predictions, noise = read_table(places.forecasts), assay_noise(process, read_table(places.replicates))
    entry = _fixed_limits(places, process, predictions["protocol"].unique().to_list())
    units = {target: process.attributes[target].si for target in process.targets}
    scores = score(predictions, units, levels, seed, noise)
    write(scores, places.scores)
    write_text(as_json(metrics(scores, ANSWERING)), places.metrics)
    write(reenactments(predictions, units), places.reenactments)
    own, scale = pl.col("model") == ANSWERING, process.attributes[process.scale.attribute].si
    sizes = "" if not process.states_scale else "number of devices" if process.scale.counts_devices else "batch size"
    draw_scores(scores.filter(own), predictions.filter(own), units, scale, levels, places.plots, sizes)
    write_text(entry.as_text() + "\n", places.acceptance)
    record(
        places,
        "evaluate",
        keys=("decision", "interval", "process", "seed"),
        read=(places.forecasts, places.replicates),
        written=(places.scores, places.metrics, places.reenactments, places.plots, places.acceptance),
    )


def _fixed_limits(places: Places, process: Process, forecast: Sequence[str]) -> LedgerEntry:
    """Enter in the ledger under which limits these forecasts are scored. If they were scored before, their first limits stay.

    forecast: protocols under which there are forecasts.
    """
    stated = load(places.config, "decision", DecisionConfig).acceptance
    limits = with_protocol(stated, process.axes, forecast)
    entry = entry_for(hash_of_file(places.forecasts), limits, read_ledger(places.acceptance_ledger))
    enter(places.acceptance_ledger, entry)
    protocol = str(entry.limits["protocol"])
    if why := why_protocol(stated, protocol, process.axes):
        print(f"  acceptance of models is judged under {in_words(protocol)}. {why}")
    return entry


if __name__ == "__main__":
    run(evaluate)
