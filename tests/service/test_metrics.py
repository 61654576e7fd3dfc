"""The text that Prometheus reads."""

import re

from pipeline.service.metrics import BUCKETS, Metrics, resident_memory


def test_text__counts_each_request_in_every_larger_bucket() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.02, 100.0):
        metrics.request("/x", "GET", 200, seconds)
    lines = metrics.text("r", "p", {"numbers": 3}).splitlines()
    buckets = [line for line in lines if "seconds_bucket" in line]
    assert [int(line.rpartition(" ")[2]) for line in buckets] == [1, 1, *[2] * (len(BUCKETS) - 2), 3]
    assert 'scalebridge_request_seconds_count{route="/x"} 3' in lines
    assert 'scalebridge_request_seconds_sum{route="/x"} 100.021000' in lines
    assert 'scalebridge_waiting{lane="numbers"} 3' in lines


def test_text__every_line_has_the_form_of_prometheus() -> None:
    metrics = Metrics()
    metrics.request("/x", "GET", 200, 0.1)
    metrics.count("computed")
    for line in metrics.text("r", 'a "quoted" name\\\n', {}).splitlines():
        assert re.fullmatch(r'#.*|[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)*\})? [0-9.+e]+', line), line


def test_resident_memory__is_that_of_this_process() -> None:
    before = resident_memory()
    held = bytearray(50_000_000)
    held[::4096] = b"x" * len(held[::4096])
    assert resident_memory() > before + 30_000_000
