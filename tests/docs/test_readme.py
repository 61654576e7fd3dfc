"""The README is short, and shows what is there."""

import re

import yaml

from tests.support.markdown_blocks import README, ROOT, blocks

EXAMPLE = "data/proposals/mab_to_2000L.yaml"


def test_readme__is_short() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert len(text.split()) <= 900


def test_readme__shows_the_example_proposal_itself() -> None:
    [shown] = blocks(README, "yaml")
    assert shown.title == EXAMPLE
    assert shown.text == (ROOT / EXAMPLE).read_text(encoding="utf-8")
    assert yaml.safe_load(shown.text)["name"] == "mAb-12 to 2,000 L"


def test_readme__has_one_picture_and_its_links_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(re.findall(r"!\[", text)) == 1
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (ROOT / target).is_file(), target
