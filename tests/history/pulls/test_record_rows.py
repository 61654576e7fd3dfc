from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.history.live.record import Record
from pipeline.history.pulls.record_rows import numbered, numbered_pages

START = datetime(2026, 3, 1, tzinfo=UTC)
RECORDS = st.lists(
    st.builds(lambda tag, minute, value: Record(tag, START + timedelta(minutes=minute), value, equipment="V1"),
              st.sampled_from("AB"), st.integers(0, 3), st.floats(0, 1e6)),
    max_size=12, unique_by=lambda one: one.key,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(RECORDS, st.integers(1, 4))
def test_pages__count_the_records_of_one_time_as_a_whole_does(records: list[Record], size: int) -> None:
    ordered = sorted(records, key=lambda one: (one.tag, one.time))
    pages = [ordered[n : n + size] for n in range(0, len(ordered), size)]
    found = [row for page in numbered_pages(pages) for row in page.rows()]
    assert found == numbered(ordered).rows()
