"""Sessions with a real OPC UA server: refused, unreachable and encrypted."""

import asyncio
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.live.address import parsed_address
from pipeline.history.live.opcua.session import OPCUA_OPTIONS
from tests.support.live_servers import free_port, served_plant
from tests.support.opcua_vessels import history, read_at

pytestmark = pytest.mark.long  # a server takes seconds to start


def test_session__a_refused_session_is_a_sentence_without_the_password() -> None:
    with served_plant(["V1.TI", "V2.TI"], history(), users={"ann": "right"}) as plant:
        for user, good in (("ann:right@", True), ("ann:wr0ng@", False), ("", False)):
            address = parsed_address(plant.endpoint.replace("://", f"://{user}"), "plant", ("opc.tcp",), ())
            if good:
                assert len(read_at(address)) == 50
            else:
                with pytest.raises(ScalebridgeError, match="refused the session") as refused:
                    read_at(address)
                assert "wr0ng" not in str(refused.value)
                assert "127.0.0.1" not in str(refused.value)


def test_session__a_server_that_does_not_answer_is_a_sentence() -> None:
    address = parsed_address(f"opc.tcp://127.0.0.1:{free_port()}", "plant", ("opc.tcp",), ())
    with pytest.raises(ScalebridgeError, match="The OPC UA server of connection 'plant' cannot be reached"):
        read_at(address)


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate that signs itself, and its key."""
    from asyncua.crypto.cert_gen import setup_self_signed_certificate
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key, certificate = folder / f"{name}.key.pem", folder / f"{name}.der"
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    asyncio.run(setup_self_signed_certificate(key, certificate, f"urn:test:{name}", "127.0.0.1", uses, {"commonName": name}))
    return certificate, key


def test_session__is_encrypted_where_the_server_wants_it(tmp_path: Path) -> None:
    from pipeline.history.live.opcua.server import Certificates

    own, given = certified(tmp_path, "server"), certified(tmp_path, "client")
    with served_plant(["V1.TI", "V2.TI"], history(), certificates=Certificates(*own), users={"ann": "right"}) as plant:
        open_address = plant.endpoint.replace("://", "://ann:right@")
        security = f"?security=Basic256Sha256,SignAndEncrypt,{given[0]},{given[1]}&application_uri=urn:test:client"
        encrypted = parsed_address(open_address + security, "plant", ("opc.tcp",), OPCUA_OPTIONS)
        assert len(read_at(encrypted)) == 50
        with pytest.raises(ScalebridgeError, match="The OPC UA server of connection 'plant'"):
            read_at(parsed_address(open_address, "plant", ("opc.tcp",), OPCUA_OPTIONS))
        missing = parsed_address(
            open_address + security.replace("client.der", "gone.der"), "plant", ("opc.tcp",), OPCUA_OPTIONS
        )
        with pytest.raises(ScalebridgeError, match="a certificate or key of its address does not exist"):
            read_at(missing)
