"""Results are values: whole, immutable, independent of client and library. And what they cost is not paid unasked."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from servers import PATIENCE
from shoutout_otp import Client, RejectedError, SendResponse, SendResult, VerifyResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from native import ObservedLibrary
    from shoutout_otp.testing import Sandbox

DESTINATION = "94710000020"


@pytest.fixture
def observed(native: ObservedLibrary, sandbox: Sandbox) -> Iterator[tuple[Client, ObservedLibrary]]:
    """A client and what it calls."""
    with Client("test.key", base_url=sandbox.base_url) as client:
        yield client, native


def send(client: Client) -> SendResult:
    return client.send_otp(source="ShoutDEMO", destination=DESTINATION, content="{{code}}")


def calls(native: ObservedLibrary, beginning: str) -> list[str]:
    return [entry.split()[0] for entry in native.journal if entry.endswith("begins") and entry.startswith(beginning)]


def test_a_result_is_what_its_class_makes_of_the_same_values(client: Client, sandbox: Sandbox) -> None:
    sent = send(client)
    checked = client.verify_otp(reference_id=sent.reference_id, code=sandbox.last_code(DESTINATION))
    results: list[Any] = [sent, *sent.responses, checked]
    assert [type(result) for result in results] == [SendResult, SendResponse, VerifyResult]

    for result in results:
        values = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
        made = type(result)(**values)
        assert (result, hash(result), repr(result)) == (made, hash(made), repr(made))
        assert result == pickle.loads(pickle.dumps(result)) == copy.deepcopy(result) == dataclasses.replace(result)
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.status = "another"


def test_of_a_send_the_reference_id_alone_is_read_and_the_others_once_when_one_of_them_is_asked_for(
    observed: tuple[Client, ObservedLibrary],
) -> None:
    client, native = observed
    sent = send(client)
    assert sent.reference_id
    assert calls(native, "so_send_result") == ["so_send_result_reference_id"]

    assert (sent.status, sent.http_status) == ("1001", 200)
    read = calls(native, "so_send_result")
    assert len(read) == len(set(read)), "each once"
    values = [getattr(sent, field.name) for field in dataclasses.fields(sent)]
    assert values[0] == sent.reference_id
    assert calls(native, "so_send_result") == read


@pytest.mark.parametrize(
    "take",
    [repr, hash, pickle.dumps, copy.copy, copy.deepcopy, dataclasses.asdict, dataclasses.replace],
    ids=lambda take: take.__name__,
)
def test_whoever_takes_a_result_that_nobody_has_read_yet_gets_all_of_it(
    client: Client, take: Callable[[SendResult], Any]
) -> None:
    sent = send(client)
    taken = take(sent)
    whole = SendResult(**{field.name: getattr(sent, field.name) for field in dataclasses.fields(sent)})
    # The bytes of a pickle may differ where the same text is one object or two.
    assert (pickle.loads(taken), whole) == (whole, sent) if take is pickle.dumps else taken == take(whole)


def test_a_result_has_no_dict_that_a_serialiser_could_take_for_all_of_it(client: Client) -> None:
    assert not hasattr(send(client), "__dict__")


def test_a_name_that_no_result_has_is_an_attribute_error_and_reads_nothing(
    observed: tuple[Client, ObservedLibrary],
) -> None:
    client, native = observed
    sent = send(client)
    with pytest.raises(AttributeError, match="no attribute 'refrence_id'"):
        sent.refrence_id  # type: ignore[attr-defined]  # noqa: B018
    assert calls(native, "so_send_result") == ["so_send_result_reference_id"]


def test_a_result_outlives_its_client(library: Path, sandbox: Sandbox) -> None:
    with Client("test.key", base_url=sandbox.base_url, library=library) as closed:
        sent = send(closed)
    assert [response.destination for response in sent.responses] == [DESTINATION]


def test_threads_that_read_a_result_at_once_all_get_its_values(observed: tuple[Client, ObservedLibrary]) -> None:
    client, native = observed
    sent = send(client)
    both_are_reading = threading.Barrier(2)

    def wait() -> None:
        both_are_reading.wait(PATIENCE)

    native.during["so_send_result_status"] = wait
    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(lambda: (sent.status, sent.json)) for _ in range(2)]
        first, second = (values.result(PATIENCE) for values in reading)
    assert first == second == ("1001", sent.json)
    assert calls(native, "so_free_send_result") == ["so_free_send_result"]


def test_what_a_call_gave_goes_back_once_when_nobody_can_ask_for_it_any_more(
    observed: tuple[Client, ObservedLibrary],
) -> None:
    client, native = observed
    never_read, read = send(client), send(client)
    assert calls(native, "so_free_send_result") == []

    assert read.status == "1001"
    assert calls(native, "so_free_send_result") == ["so_free_send_result"], "all of it has been read"
    gone = weakref.ref(never_read)
    del never_read, read
    gc.collect()
    assert gone() is None
    assert calls(native, "so_free_send_result") == ["so_free_send_result"] * 2

    assert not client.verify_otp(reference_id=send(client).reference_id, code="wrong")
    assert calls(native, "so_free_verify_result") == ["so_free_verify_result"]
    with pytest.raises(RejectedError):
        client.verify_otp(reference_id="no-such-send", code="12345")
    assert calls(native, "so_free_error") == ["so_free_error"]


def test_ctrl_c_as_a_send_returns_loses_no_memory(observed: tuple[Client, ObservedLibrary]) -> None:
    client, native = observed

    def interrupt() -> None:
        raise KeyboardInterrupt

    native.during["so_send_otp"] = interrupt
    with pytest.raises(KeyboardInterrupt):
        send(client)
    gc.collect()
    assert calls(native, "so_free_send_result") == ["so_free_send_result"]
