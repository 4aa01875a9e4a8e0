"""`shoutout_otp.testing.Sandbox` with `--tls`: on https, under an authority that a client has to be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import PATIENCE
from shoutout_otp import Client, Delivery, TlsFailedError
from shoutout_otp.testing import Sandbox, SandboxError
from shoutout_otp.testing._control import Control

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEND = {"source": "ShoutDEMO", "destination": "94771234567", "content": "Your code is {{code}}"}


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(None, "--tls") as sandbox:
        yield sandbox


def test_a_client_that_is_given_the_authority_sends_and_verifies(box: Sandbox, library: Path) -> None:
    assert box.base_url.startswith("https://")
    with Client(box.API_KEY, base_url=box.base_url, ca_file=box.ca_file, library=library, timeout=PATIENCE) as client:
        sent = client.send_otp(**SEND)
        assert client.verify_otp(reference_id=sent.reference_id, code=box.last_code(SEND["destination"]))


def test_a_client_that_is_not_trusts_nobody_and_surely_sends_nothing(box: Sandbox, library: Path) -> None:
    client = Client(box.API_KEY, base_url=box.base_url, library=library, timeout=PATIENCE)
    with client, pytest.raises(TlsFailedError) as failed:
        client.send_otp(**SEND)
    assert failed.value.delivery is Delivery.NOT_SENT
    assert box.messages() == []


def test_the_helper_itself_trusts_that_authority_and_no_other(box: Sandbox) -> None:
    with Sandbox(None, "--tls") as other, pytest.raises(SandboxError, match="CERTIFICATE_VERIFY_FAILED"):
        Control(box.url, other.ca_file).get("messages")


def test_without_tls_there_is_no_authority() -> None:
    with Sandbox() as plain:
        assert plain.ca_file is None
