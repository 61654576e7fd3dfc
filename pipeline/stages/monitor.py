"""Stage `monitor`: what running batches are judged with, and how it did on batches that it had not seen."""

import os

import polars as pl

from pipeline.assessment.monitoring_plots import draw_monitoring
from pipeline.assessment.monitoring_scores import SCHEMA, monitoring_metrics, monitoring_table
from pipeline.domain.config_files import as_json, load
from pipeline.domain.errors import ClusterError, ScalebridgeError
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.history.store import read_history
from pipeline.monitoring.complete import complete_batches
from pipeline.monitoring.file_format import save_monitor, save_reason
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.training import train_monitor
from pipeline.stages.run import run, write, write_text


def monitor(places: Places) -> None:
    """Train the monitor, and score it. A process that cannot be watched gets the reason instead."""
    process, config = load(places.config, "process", Process), load(places.config, "monitoring", MonitoringConfig)
    seed, history = load(places.config, "seed", int), read_history(places.history)
    rows = complete_batches(process, read_table(places.features))
    logged = dict(history.deviations.select("batch_id", "cause").unique("batch_id", keep="first").iter_rows())
    places.monitor.mkdir(parents=True, exist_ok=True)
    try:
        trained = train_monitor(
            process, rows, history.trajectories, logged, config, seed, lambda line: print(f"  {line}"), os.cpu_count() or 1
        )
    except ClusterError:  # says nothing about the batches
        raise
    except ScalebridgeError as problem:
        print(f"  No batch can be watched: {problem}")
        save_reason(str(problem), places.monitor)
        table = pl.DataFrame(schema=SCHEMA)
    else:
        save_monitor(trained.monitor, places.monitor)
        table = monitoring_table(trained, rows, history.trajectories, history.deviations)
    write(table, places.monitoring)
    write_text(as_json(monitoring_metrics(table)), places.monitoring_metrics)
    draw_monitoring(table, places.monitoring_plots)
    record(
        places,
        "monitor",
        keys=("monitoring", "process", "seed"),
        read=(places.features, places.history),
        written=(places.monitor, places.monitoring, places.monitoring_metrics, places.monitoring_plots),
    )


if __name__ == "__main__":
    run(monitor)
