"""Where the files of a project lie."""

from dataclasses import dataclass
from pathlib import Path

ERRORS = "errors"
"""Name of the folder in the data folder for the details of unexpected errors."""


@dataclass(frozen=True)
class Places:
    """Path of every file and folder that a stage or a command reads or writes. `dvc.yaml` names the same paths."""

    conf: Path
    """Options, one folder per group."""
    params: Path
    """Names of the chosen options."""

    config: Path
    """Folder: the configuration that ran, one file per key."""
    raw: Path
    """Folder: raw exports, one folder per process."""
    snapshots: Path
    """Folder: what was pulled, `<process>/<source>/` with a manifest each. `scalebridge snapshot` adds to it."""
    received: Path
    """Folder: what `scalebridge watch --follow` received, `<process>/<source>/` with journals. Nothing deletes them."""
    proposals: Path
    """Folder: proposed batches, one YAML file each."""
    truth: Path
    """Folder: what the simulated plant really does. Only tests and notebooks read it."""
    truth_of_trains: Path
    """Folder: what the simulated trains really do, one folder per train. Only tests and notebooks read it."""
    made: Path
    """Folder: what each stage read and wrote, by hash. The stage `publish` compares it."""
    sources: Path
    """Folder: typed rows of each source."""

    hidden_names: Path
    """Names of other clients that the run must not show. It is never published."""
    history: Path
    """Folder: canonical tables."""
    batches: Path
    """The batches with their attributes."""
    results: Path
    """Laboratory results of all batches."""
    replicates: Path
    """Number and standard deviation of the replicates of each result that is a mean."""
    ledger: Path
    """Raw files with their hashes and numbers of rows."""
    trajectories: Path
    """Records of sensors over time."""
    quality_report: Path
    """Report of the data quality, a page."""
    quality: Path
    """Numbers of the data quality."""

    features: Path
    """One row of features per batch."""
    catalogue: Path
    """What each feature is."""
    folds: Path
    """Which batches train and which are predicted, per protocol and fold."""
    folds_summary: Path
    """Number of batches per protocol, fold and role."""

    model: Path
    """Folder: the final models as text files."""
    forecasts: Path
    """Out-of-fold predictions of all models, and of the one that each fold chose to answer."""
    hidden: Path
    """Forecasts of hidden batches by the final models, which calibrated their intervals."""
    calibrations: Path
    """What calibrated the intervals of each fold."""
    origin: Path
    """Hashes of what the model was trained from, and of what training wrote."""

    scores: Path
    """Errors, skill and coverage of all models."""
    metrics: Path
    """Pooled scores of the model that answers."""
    reenactments: Path
    """Forecast and outcome of past scale-ups."""
    plots: Path
    """Folder: pictures of the scores."""
    acceptance: Path
    """Acceptance limits that were fixed before these forecasts were scored."""
    acceptance_ledger: Path
    """The same for all forecasts that were ever scored, one JSON object per line."""

    transfer: Path
    """Error with and without the other products."""
    transfer_figure: Path
    """The same as a picture."""

    explanations: Path
    """Folder: pictures and tables of what moves each attribute."""
    importance: Path
    """Mean share of each feature in the predictions."""
    stability: Path
    """Rank of each feature over refits."""

    outlook: Path
    """Folder: what the records of a running batch say about its quality, as text files."""
    monitor: Path
    """Folder: the trained monitor of running batches as text files."""
    monitoring: Path
    """Scores of the monitor: each hidden batch and each logged deviation."""
    monitoring_metrics: Path
    """False alarms, found deviations, delays and causes."""
    monitoring_plots: Path
    """Folder: pictures of the scores of the monitor."""
    watch: Path
    """Folder: alarms of running batches, one folder per batch, written by `scalebridge watch`."""

    runs: Path
    """Folder: published runs, one folder each. Commands read these alone."""
    current_run: Path
    """Name of the published run that answers."""
    answers: Path
    """Folder: one folder per proposal, written by the stage `predict`."""
    answers_given: Path
    """Folder: the answers that the service gave, one file each. Nothing deletes them."""
    simulations: Path
    """Folder: one folder per proposal, written by `scalebridge simulate`."""
    run: Path
    """Hashes of what the stage `track` logged to MLflow."""

    @classmethod
    def under(cls, data: Path) -> "Places":
        """Places of a project whose data folder this is. `conf/` and `params.yaml` lie beside the data folder."""
        history, explanations = data / "history", data / "explanations"
        return cls(
            conf=data.parent / "conf",
            params=data.parent / "params.yaml",
            config=data / "config",
            raw=data / "raw",
            snapshots=data / "snapshots",
            received=data / "received",
            proposals=data / "proposals",
            truth=data / "truth",
            truth_of_trains=data / "truth_of_trains",
            made=data / "made",
            sources=data / "sources",
            hidden_names=data / "hidden_names.parquet",
            history=history,
            batches=history / "batches.parquet",
            results=history / "results.parquet",
            replicates=history / "replicates.parquet",
            ledger=history / "ledger.parquet",
            trajectories=history / "trajectories.parquet",
            quality_report=data / "quality.html",
            quality=data / "quality.json",
            features=data / "features.parquet",
            catalogue=data / "catalogue.parquet",
            folds=data / "folds.parquet",
            folds_summary=data / "folds.json",
            model=data / "model",
            forecasts=data / "forecasts.parquet",
            hidden=data / "hidden.parquet",
            calibrations=data / "calibrations.parquet",
            origin=data / "origin.json",
            scores=data / "scores.parquet",
            metrics=data / "metrics.json",
            reenactments=data / "reenactments.parquet",
            plots=data / "plots",
            acceptance=data / "acceptance.json",
            acceptance_ledger=data / "acceptance_ledger.jsonl",
            transfer=data / "transfer.parquet",
            transfer_figure=data / "transfer.png",
            explanations=explanations,
            importance=explanations / "importance.parquet",
            stability=explanations / "stability.parquet",
            outlook=data / "outlook",
            monitor=data / "monitor",
            monitoring=data / "monitoring.parquet",
            monitoring_metrics=data / "monitoring.json",
            monitoring_plots=data / "monitoring",
            watch=data / "watch",
            runs=data / "runs",
            current_run=data / "runs/current",
            answers=data / "answers",
            answers_given=data / "answers_given",
            simulations=data / "simulations",
            run=data / "run.json",
        )


def home(folder: Path) -> Path:
    """Folder of the project that a run belongs to. `dvc exp run --queue` runs in a temporary copy below `.dvc/tmp`."""
    parts = folder.resolve().parts
    return Path(*parts[: parts.index(".dvc")]) if ".dvc" in parts else folder.resolve()
