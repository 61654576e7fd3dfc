"""The verb `record`: the predictions that were given, beside the results that arrived."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, check_targets
from pipeline.domain.whole_files import write_whole


def record(
    out: Annotated[Path | None, typer.Option(help="write the record as JSON here as well")] = None,
) -> None:
    """Compare the predictions that were given with the results that arrived since: how many were inside their interval."""
    from pipeline.answers.past_predictions.record_of_run import record_of_run
    from pipeline.answers.result.files import as_text
    from pipeline.answers.trained_run import read_trained_run
    from pipeline.features.catalogue import names_of
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.past_predictions import show_past_predictions

    check_targets(out)
    run = read_trained_run(PLACES)
    found = record_of_run(PLACES, run)
    show_past_predictions(found, names_of(run.process), terminal())
    if out is not None:
        write_whole(out, as_text(found))
