"""What the service counts, in the text format of Prometheus."""

import bisect
import itertools
import os
import sys
import threading
from collections import Counter
from pathlib import Path

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper ends of the buckets of the latency [s]."""
TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Numbers of requests, their latency, and how many answers were computed. One thread counts requests, all count answers."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._latency: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        self._answers: Counter[str] = Counter({"computed": 0, "kept": 0})
        self._lock = threading.Lock()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request. route: its address with names in place of ids."""
        self._requests[route, method, status] += 1
        self._latency.setdefault(route, [0] * (len(BUCKETS) + 1))[bisect.bisect_left(BUCKETS, seconds)] += 1
        self._seconds[route] += seconds  # type: ignore[assignment]

    def count(self, what: str) -> None:
        """Count an answer: `computed`, or `kept` where it was known."""
        with self._lock:
            self._answers[what] += 1

    def text(self, run: str, process: str, waiting: dict[str, int]) -> str:
        """Return all numbers. waiting: lane → requests that wait or are computed."""
        lines = [
            *_head("scalebridge_requests_total", "counter", "Requests by route, method and status."),
            *(
                f'scalebridge_requests_total{{route="{route}",method="{method}",status="{status}"}} {number}'
                for (route, method, status), number in sorted(self._requests.items())
            ),
            *_head("scalebridge_request_seconds", "histogram", "Time from a request to the end of its response."),
            *(line for route in sorted(self._latency) for line in self._histogram(route)),
            *_head("scalebridge_answers_total", "counter", "Answers that were computed, and those that were known."),
            *(f'scalebridge_answers_total{{how="{how}"}} {number}' for how, number in sorted(self._answers.items())),
            *_head("scalebridge_waiting", "gauge", "Requests that wait or are computed."),
            *(f'scalebridge_waiting{{lane="{lane}"}} {number}' for lane, number in sorted(waiting.items())),
            *_head("process_resident_memory_bytes", "gauge", "Resident memory of the process."),
            f"process_resident_memory_bytes {resident_memory()}",
            *_head("scalebridge_run_info", "gauge", "The published run that answers."),
            f'scalebridge_run_info{{run="{_quoted(run)}",process="{_quoted(process)}"}} 1',
        ]
        return "\n".join(lines) + "\n"

    def _histogram(self, route: str) -> list[str]:
        below = list(itertools.accumulate(self._latency[route]))
        name = f'scalebridge_request_seconds_bucket{{route="{route}",le='
        ends = [*(f"{end:g}" for end in BUCKETS), "+Inf"]
        return [
            *(f'{name}"{end}"}} {number}' for end, number in zip(ends, below, strict=True)),
            f'scalebridge_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}',
            f'scalebridge_request_seconds_count{{route="{route}"}} {below[-1]}',
        ]


def _head(name: str, kind: str, meaning: str) -> tuple[str, str]:
    return f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def resident_memory() -> int:
    """Return the resident memory of this process [bytes]; where the system does not tell it, the largest one so far, or 0."""
    statm = Path("/proc/self/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource  # Windows has none
    except ModuleNotFoundError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
