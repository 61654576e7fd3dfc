"""The verbs `watch` and `replay`: a running batch, and a past batch as if it were running."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, check_targets, say
from pipeline.domain.errors import ScalebridgeError

DEVIATING_CODE = 3
"""Exit code of a watch of a batch that deviates."""
QUIET = 24.0
"""Hours of the batch without a score above its limit after which an acknowledged alarm is armed again."""
Batch = Annotated[str, typer.Argument(help="name of the batch, or a YAML file that describes one without a batch record")]
Out = Annotated[Path | None, typer.Option(help="write the statement here as JSON")]
Report = Annotated[Path | None, typer.Option(help="write the page here")]
Quiet = Annotated[
    float, typer.Option(min=0.0, help="hours as expected after which an acknowledged or cleared alarm is armed again")
]


def watch(
    batch: Batch,
    follow: Annotated[bool, typer.Option("--follow", help="look again and again until the batch ends, or Ctrl-C")] = False,
    every: Annotated[float, typer.Option(min=1.0, help="seconds between two looks of --follow")] = 60.0,
    soonest: Annotated[
        float, typer.Option(min=0.0, help="fewest seconds between two looks of --follow that new records of a feed cause")
    ] = 1.0,
    at: Annotated[
        float | None, typer.Option(help="judge as if it were this hour of the batch; the alarm stays as it is")
    ] = None,
    out: Out = None,
    report: Report = None,
    hook: Annotated[
        str | None,
        typer.Option(
            help="called when the alarm is raised: a command, which gets JSON on its input; https://…, which gets a POST; or "
            "mqtt:CONNECTION/topic, which gets each change of the alarm"
        ),
    ] = None,
    quiet: Quiet = QUIET,
    acknowledge: Annotated[
        str | None, typer.Option(help="acknowledge the alarm: say what is known or done about it")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="clear an acknowledged alarm: the deviation is over")] = False,
    re_arm: Annotated[bool, typer.Option("--re-arm", help="arm an acknowledged or cleared alarm again")] = False,
    by: Annotated[str, typer.Option(help="who acknowledges, clears or arms; stands in the log")] = "",
    why: Annotated[str, typer.Option(help="reason for --clear or --re-arm; stands in the log")] = "",
) -> None:
    """Say whether a running batch is as expected, since when not, why, and which quality it heads for.

    It reads the raw files of the process again and writes the alarm of the batch into data/watch/. With --follow it receives the
    sources that are pulled by OPC UA or MQTT, and keeps their records in data/received/. It advises; it controls nothing.
    Exit code: 0 as expected or not judged, 3 deviating, 1 error.
    """
    from pipeline.commands import watching

    asked = {"acknowledge": acknowledge is not None, "clear": clear, "re-arm": re_arm}
    if any(asked.values()):
        moves = [name for name, wanted in asked.items() if wanted]
        if len(moves) > 1:
            raise ScalebridgeError(f"--{moves[0]} and --{moves[1]} cannot be given together; give one of them")
        say(watching.answer(PLACES, batch, moves[0], by, why if acknowledge is None else acknowledge))
        return
    if follow and at is not None:
        raise ScalebridgeError("--follow and --at cannot be given together: --follow looks at the newest record")
    check_targets(out, report)
    session = watching.Session(PLACES, batch, watching.Targets(out, report), hook, quiet, soonest)
    found = session.follow(every) if follow else session.look(at)
    if found.status == "deviating":
        raise typer.Exit(DEVIATING_CODE)


def replay(
    batch: Annotated[str, typer.Argument(help="name of a past batch of the published run")],
    speed: Annotated[float, typer.Option(min=0.0, help="hours of the batch per second; 0: as fast as possible")] = 24.0,
    step: Annotated[
        float | None, typer.Option(help="hours between two looks; default: 1, or a hundredth of a batch shorter than a day")
    ] = None,
    out: Out = None,
    report: Report = None,
    quiet: Quiet = QUIET,
) -> None:
    """Show hour after hour what a watch would have said of a past batch, and at the end what came of it.

    It reads the published run and changes no alarm. Exit code: 0, also for a batch that deviates; 1 error.
    """
    from pipeline.commands.replaying import show_replay
    from pipeline.commands.watching import Targets

    check_targets(out, report)
    show_replay(PLACES, batch, speed, step, quiet, Targets(out, report))
