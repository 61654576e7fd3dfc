"""A scope is refused where it contradicts itself."""

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.scope import EVERYONE, Scope

PLAIN = {"client": "alpha", "attribute": "product", "clients": {"alpha": ["A"], "beta": ["B"]}}


def test_scope__own_batches_are_named_and_others_are_kept_out() -> None:
    scope: Scope = parse(Scope, PLAIN, "scope")
    assert [scope.owner(level) for level in ("A", "B", "C")] == ["alpha", "beta", None]
    assert [scope.treatment(client) for client in ("alpha", "beta")] == ["named", "kept_out"]
    assert parse(Scope, PLAIN | {"others": "anonymous"}, "scope").treatment("beta") == "anonymous"


def test_scope__without_a_list_of_clients_the_level_is_the_client() -> None:
    assert parse(Scope, {"client": "alpha", "attribute": "client"}, "scope").owner("beta") == "beta"
    assert EVERYONE.client is None


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"attribute": "product"}, "`client` is missing"),
        ({"client": "alpha"}, "`attribute` is missing"),
        (PLAIN | {"client": "gamma"}, "`clients` has 'alpha', 'beta'"),
        (PLAIN | {"teach": {"alpha": "named"}}, "its batches always teach"),
        (PLAIN | {"teach": {"gamma": "named"}}, "`teach` names 'gamma'"),
        (PLAIN | {"clients": {"alpha": ["A"], "beta": ["A"]}}, "to more than one client"),
        (PLAIN | {"others": "secret"}, "others"),
    ],
)
def test_scope__that_contradicts_itself_is_refused(plain: dict[str, object], said: str) -> None:
    with pytest.raises(ScalebridgeError, match=said):
        parse(Scope, plain, "scope")
