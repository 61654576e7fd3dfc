"""Stage `publish`: what the stages made, as an immutable run from which everything is answered.

DVC deletes the outputs of a stage before it runs the stage again. Commands therefore read published runs, never these outputs.
"""

from dataclasses import asdict, replace

import polars as pl

from pipeline.assessment.acceptance_ledger import LedgerEntry, enter, entry_of, parsed_entry, read_ledger
from pipeline.domain.config_files import load
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.places import Places, home
from pipeline.domain.reading.stored import read_table
from pipeline.domain.reading.text_file import read_text
from pipeline.domain.reading.yaml_text import as_yaml
from pipeline.domain.scope import Scope
from pipeline.history.store import read_left_out
from pipeline.publication.publish import publish as publish_parts
from pipeline.publication.runs import locked
from pipeline.stages.run import run

STAGES = ("configure", "validate", "features", "split", "evaluate", "transfer", "explain", "monitor", "outlook")
"""Stages whose files are published, besides `train`, which writes its own record."""


def publish(places: Places) -> None:
    """Copy everything that answers, pages and the record of a run need, and make it the current run."""
    entry = _check_scores(places)
    parts = (
        places.config,
        places.history,
        places.quality_report,
        places.quality,
        places.features,
        places.catalogue,
        places.folds,
        places.folds_summary,
        places.model,
        places.forecasts,
        places.calibrations,
        places.origin,
        places.scores,
        places.metrics,
        places.reenactments,
        places.plots,
        places.acceptance,
        places.transfer,
        places.transfer_figure,
        places.explanations,
        places.hidden,
        places.monitor,
        places.outlook,
        places.monitoring,
        places.monitoring_metrics,
        places.monitoring_plots,
    )
    hidden = read_table(places.hidden_names)
    instead = _redacted(places) if hidden.height else {}
    name = publish_parts(places, parts, STAGES, instead=instead, hidden=hidden.filter(~pl.col("common"))["name"].to_list())
    project = Places.under(home(places.params.parent) / "data")
    with locked(project):  # the ledger of the project may be that of a queued experiment as well
        enter(project.acceptance_ledger, entry)
    print(f"  run {name} is published in {places.runs}")


def _redacted(places: Places) -> dict[str, str]:
    """Return the files of the configuration that name other clients or their batches, without these: path in the run → text."""
    scope, apart = load(places.config, "scope", Scope), read_left_out(places.history)
    plain = {
        "scope": asdict(
            replace(scope, clients={name: own for name, own in scope.clients.items() if name == scope.client}, teach={})
        ),
        "left_out": asdict(apart),
    }
    return {f"{places.config.name}/{key}.yaml": as_yaml({key: value}) for key, value in plain.items()}


def _check_scores(places: Places) -> LedgerEntry:
    """Check that the scores are those of these forecasts, under the limits that stand in the ledger. Return their entry."""
    for path in (places.acceptance, places.forecasts):
        if not path.is_file():
            raise ScalebridgeError(f"{path} {'is not a file' if path.exists() else 'does not exist'}; run `dvc repro` first")
    entry = parsed_entry(read_text(places.acceptance), str(places.acceptance))
    forecasts = hash_of_file(places.forecasts)
    if entry.forecasts_sha256 != forecasts or entry_of(forecasts, read_ledger(places.acceptance_ledger)) != entry:
        raise ScalebridgeError(
            f"{places.metrics} and {places.acceptance} are not those of {places.forecasts} under the limits in "
            f"{places.acceptance_ledger}; run `dvc repro`"
        )
    return entry


if __name__ == "__main__":
    run(publish)
