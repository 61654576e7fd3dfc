"""Product and scale of a proposal, stated or not, about a process that states them or not."""

from dataclasses import replace

import pytest

from pipeline.answers.case.completion import ONLY_SCALE, completed
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from tests.support.pot import history, pot, proposal
from tests.support.small_history import SmallHistory

BATCHES = history(8).batches
BARE = parse(Process, SmallHistory((), ("volume", "product")).definition(), "bare")


def _asked(**changes: object) -> Proposal:
    return replace(proposal(), **changes)


def _refused(process: Process, words: str, **changes: object) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        completed(process, _asked(**changes), BATCHES)


def test_completed__a_full_proposal_stays_as_it_is() -> None:
    assert completed(pot(), _asked(), BATCHES) == _asked()


def test_completed__a_process_that_states_none_gives_both() -> None:
    found = completed(BARE, _asked(product="", scale=""), BATCHES)
    assert (found.product, found.scale) == ("small", ONLY_SCALE)


def test_completed__a_missing_value_is_a_sentence() -> None:
    _refused(pot(), "Proposal 'P to 100 L' has no `product`; products in history are P, Q", product="")
    _refused(pot(), "Proposal 'P to 100 L' has no `scale`; write a number with its unit, such as 2000 L", scale="")


def test_completed__a_value_that_history_cannot_show_is_a_sentence() -> None:
    _refused(BARE, "the product is 'P', but process 'small' states no `product`", scale="")
    _refused(BARE, "`scale` is 100 L, but process 'small' states no `scale`, so history shows no effect", product="")
    _refused(BARE, "`reference_scale` is 1 L, but process 'small' states no", product="", scale="", reference_scale="1 L")
