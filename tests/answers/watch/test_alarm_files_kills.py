"""A program that is killed while it changes an alarm leaves a whole alarm, and a log whose lines are whole but for the last."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.answers.watch.alarm_files import LOG, change_alarm, read_alarm
from tests.answers.watch.test_alarm_files import raise_it

pytestmark = pytest.mark.long
PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from pipeline.answers.watch.alarm_files import change_alarm
from pipeline.answers.watch.alarms import AlarmEvent
ORDER = {"armed": "raised", "raised": "acknowledged", "acknowledged": "cleared", "cleared": "armed"}
WHAT = {"armed": "re-armed"}
def move(before):
    after = ORDER[before.state]
    return replace(before, state=after), [AlarmEvent("Ann", "now", WHAT.get(after, after), "x" * 5000, 1.0, 1.0)]
print("ready", flush=True)
while True:
    change_alarm(Path(sys.argv[1]), "vat", "R1", move)
"""


def test_kills__leave_a_whole_alarm_that_the_next_program_changes(tmp_path: Path) -> None:
    moment = random.Random(1)
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE) as program:
            assert program.stdout is not None
            program.stdout.readline()
            time.sleep(moment.uniform(0.05, 0.3))
            program.kill()
        state = read_alarm(tmp_path, "vat", "R1").state
        lines = (tmp_path / LOG).read_text(encoding="utf-8").split("\n")
        last = json.loads(lines[-2])["what"]
        assert all(json.loads(line) for line in lines[:-1])
        before = {"raised": "armed", "acknowledged": "raised", "cleared": "acknowledged", "re-armed": "cleared"}
        assert state in (last.replace("re-armed", "armed"), before[last])
    change_alarm(tmp_path, "vat", "R1", raise_it)
    assert all(json.loads(line) for line in (tmp_path / LOG).read_text(encoding="utf-8").splitlines()[:-1])
