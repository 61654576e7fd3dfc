"""The verb `export`: the model of a client, without rows and names of others."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, say
from pipeline.domain.errors import ScalebridgeError


def export(
    out: Annotated[Path, typer.Option(help="the folder to write, which must not exist, such as model_for_alpha")],
) -> None:
    """Write the model of the published run for its client, without rows and names of others, as a model that MLflow serves.

    The run must be made for a client (`scope` in params.yaml). The rows of the client's own batches stay in it.
    """
    import tempfile

    from pipeline.answers.predicting_run import read_predicting_run
    from pipeline.domain.config_files import load
    from pipeline.publication.runs import current_run
    from pipeline.tracking.export import export_part
    from pipeline.tracking.mlflow import load_mlflow
    from pipeline.tracking.saved_model import save_model

    if out.exists():
        raise ScalebridgeError(f"{out} exists already; give the name of a folder that does not")
    if not out.parent.is_dir():
        raise ScalebridgeError(f"The folder {out.parent} does not exist; create it, or give another path than {out}")
    bundle = current_run(PLACES)
    run = read_predicting_run(bundle)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        found = export_part(run, bundle, PLACES.hidden_names, Path(folder))
        part = found.bundle
        horizon: str = load(part.places.config, "horizon", str)
        save_model(load_mlflow(), read_predicting_run(part), part.folder, horizon, Path(folder) / "model")
        (Path(folder) / "model").rename(out)
    say(f"Wrote {out}: the models of {len(run.model.finals)} attributes for client {found.client}")
    say(f"  rows: {found.own:,} batches of the client are in it, {found.removed:,} batches of others are not")
    say(
        f"  predictions of the own batches differ by at most {found.predicted:.1g} of their spread, spreads by at most "
        f"{100 * found.spread:.1g} %"
    )
    say(f"Serve it with: mlflow models serve -m {out} --env-manager local")
