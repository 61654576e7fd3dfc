"""Stage `outlook`: which quality a running batch heads for, from the plan and the records up to each decision point."""

from pipeline.domain.config_files import load
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.history.store import read_history
from pipeline.monitoring.outlook_training import plans_of, train_outlook
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.stages.run import run


def outlook(places: Places) -> None:
    """Learn what the records up to each decision point say about each attribute, on the hidden batches of its final model."""
    process, interval = load(places.config, "process", Process), load(places.config, "interval", IntervalConfig)
    config = load(places.config, "monitoring", MonitoringConfig)
    rows, history = read_table(places.features), read_history(places.history)
    finals = TrainedModel.load(places.model).finals
    plans = plans_of(finals, read_table(places.hidden), rows, history.results)
    found = train_outlook(process, rows, history.results, history.trajectories, plans, config.quality, interval)
    places.outlook.mkdir(parents=True, exist_ok=True)
    found.save(places.outlook)
    record(
        places,
        "outlook",
        keys=("interval", "monitoring", "process"),
        read=(places.features, places.hidden, places.history, places.model),
        written=(places.outlook,),
    )


if __name__ == "__main__":
    run(outlook)
