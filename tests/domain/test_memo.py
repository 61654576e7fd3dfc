"""Results are computed once, and the one that was not used for longest makes place."""

from collections.abc import Callable

from pipeline.domain.memo import Memo


def counted(calls: list[str], name: str) -> Callable[[], str]:
    def compute() -> str:
        calls.append(name)
        return name.upper()

    return compute


def test_memo__computes_a_result_once() -> None:
    memo, calls = Memo(), list[str]()
    assert [memo.of("a", counted(calls, "a")) for _ in range(3)] == ["A"] * 3
    assert calls == ["a"]


def test_memo__keeps_what_was_used_last() -> None:
    memo, calls = Memo(2), list[str]()
    for name in ("a", "b", "a", "c", "a", "b"):
        memo.of(name, counted(calls, name))
    assert calls == ["a", "b", "c", "b"]
    assert len(memo) == 2
    assert "a" in memo
    assert "c" not in memo


def test_memo__keeps_a_result_that_is_none() -> None:
    memo, calls = Memo(), list[int]()
    for _ in range(2):
        assert memo.of("a", lambda: calls.append(1)) is None  # type: ignore[func-returns-value]
    assert calls == [1]
