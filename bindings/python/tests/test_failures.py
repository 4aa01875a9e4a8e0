"""What an application gets to know when a call fails, against services that fail in earnest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import shoutout_otp
from shoutout_otp import (
    Client,
    ClientClosedError,
    ConnectFailedError,
    Delivery,
    RequestTimeoutError,
    Status,
    UnauthorizedError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from servers import HeldService

SEND = {"source": "ShoutDEMO", "destination": "94771234567", "content": "Your code is {{code}}"}


def test_an_answer_that_never_comes_is_a_timeout_whose_sms_may_be_on_its_way(
    library: Path, held_service: HeldService
) -> None:
    client = Client("test.test.test", base_url=held_service.base_url, timeout=0.25, library=library)
    with client, pytest.raises(RequestTimeoutError) as caught:
        client.send_otp(**SEND)

    assert isinstance(caught.value, TimeoutError)
    assert caught.value.status is Status.TIMEOUT
    assert caught.value.delivery is Delivery.UNKNOWN
    assert caught.value.attempts == 1
    assert 0.2 < caught.value.elapsed < 5
    assert held_service.requests == 1


def test_without_a_connection_surely_nothing_was_sent_and_it_was_tried_again(
    library: Path, held_service: HeldService
) -> None:
    held_service.stop()
    client = Client("test.test.test", base_url=held_service.base_url, max_retries=1, library=library)
    with client, pytest.raises(ConnectFailedError) as caught:
        client.send_otp(**SEND)

    assert caught.value.delivery is Delivery.NOT_SENT
    assert caught.value.attempts == 2
    assert caught.value.http_status == 0


def test_the_services_own_words_are_in_the_exception(library: Path, held_service: HeldService) -> None:
    held_service.release.set()
    held_service.answer = (403, {"message": "Forbidden"})
    client = Client("test.test.test", base_url=held_service.base_url, library=library)
    with client, pytest.raises(UnauthorizedError) as caught:
        client.send_otp(**SEND)

    assert caught.value.http_status == 403
    assert caught.value.service_message == "Forbidden"
    assert caught.value.delivery is Delivery.NOT_SENT
    assert caught.value.retry_after is None


def test_a_send_whose_answer_cannot_be_trusted_can_still_be_verified(library: Path, held_service: HeldService) -> None:
    held_service.release.set()
    held_service.answer = (200, {"referenceId": "f437c171"})
    client = Client("test.test.test", base_url=held_service.base_url, library=library)
    with client, pytest.raises(UnexpectedResponseError) as caught:
        client.send_otp(**SEND)

    assert caught.value.delivery is Delivery.UNKNOWN
    assert caught.value.reference_id == "f437c171"


def test_a_client_is_closed_when_its_block_ends_and_says_so_to_whoever_uses_it(library: Path) -> None:
    with Client("test.test.test", library=library) as client:
        assert repr(client) == "<Client: open>"

    assert client.closed
    assert repr(client) == "<Client: closed>"
    with pytest.raises(ClientClosedError, match="closed") as caught:
        client.verify_otp(reference_id="f437c171", code="01234")
    assert isinstance(caught.value, RuntimeError)
    assert caught.value.delivery is Delivery.NOT_SENT


def test_package_and_library_have_the_same_version(library: Path) -> None:
    with Client("test.test.test", library=library) as client:
        assert client.library_version == shoutout_otp.__version__
