"""What is read stays inside its folder."""

from pathlib import Path

import pytest

from pipeline.domain.reading.folders import outside, pattern_problem


@pytest.mark.parametrize(
    "pattern", ["b.csv", "lab/*.csv", "**/2024-*.xlsx", "batches [2024] (v1).csv", "a..b.csv", "Prüfung/ä.csv"]
)
def test_pattern_problem__none_for_a_pattern_below_the_folder(pattern: str) -> None:
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "../x.csv",
        "a/../../x.csv",
        "..",
        "/etc/passwd",
        "~/x.csv",
        "C:/x.csv",
        "C:x.csv",
        r"..\x.csv",
        r"a\b.csv",
        "",
        " ",
        "a\n.csv",
        "\\\\host\\x",
    ],
)
def test_pattern_problem__says_why_a_pattern_leads_elsewhere(pattern: str) -> None:
    assert pattern_problem(pattern)


def test_outside__follows_links(tmp_path: Path) -> None:
    inside, secret = tmp_path / "raw", tmp_path / "secret.csv"
    (inside / "sub").mkdir(parents=True)
    secret.write_text("x", encoding="utf-8")
    (inside / "own.csv").write_text("x", encoding="utf-8")
    (inside / "link.csv").symlink_to(secret)
    (inside / "near.csv").symlink_to(inside / "own.csv")
    (inside / "away").symlink_to(tmp_path)
    assert outside(inside / "own.csv", inside) is None
    assert outside(inside / "near.csv", inside) is None
    assert outside(inside / "link.csv", inside) == secret.resolve()
    assert outside(inside / "away/secret.csv", inside) == secret.resolve()


def test_outside__a_link_into_the_cache_of_dvc_is_inside(tmp_path: Path) -> None:
    kept = tmp_path / ".dvc/cache/files/md5/ab" / ("0" * 30)
    kept.parent.mkdir(parents=True)
    kept.write_text("x", encoding="utf-8")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/b.csv").symlink_to(kept)
    assert outside(tmp_path / "raw/b.csv", tmp_path / "raw") is None
