"""No key, code, header value, proxy password or full number in anything that a program might log."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

import shoutout_otp
from native import ObservedLibrary
from shoutout_otp import Client, SendResult, VerifyResult, _client
from shoutout_otp._library import load
from shoutout_otp._recipe import Recipe

if TYPE_CHECKING:
    from servers import HeldService
    from shoutout_otp._handle import Handle
    from shoutout_otp.testing import Sandbox

PACKAGE = str(Path(shoutout_otp.__file__).parent)

KEY = "keycanary1.keycanary2.keycanary3"
NUMBER = "94775550123"
CODE = "90817"
HEADER = "headercanary"
PASSWORD = "passwordcanary"

CANARIES = ["keycanary1", "keycanary2", "keycanary3", NUMBER, NUMBER[2:], CODE, HEADER, PASSWORD]

SEND = {"source": "ShoutDEMO", "destination": NUMBER, "content": "{{code}}"}
VERIFY = {"reference_id": "f437c171", "code": CODE}


def assert_no_canary(shown: str) -> None:
    assert [canary for canary in CANARIES if canary in shown] == []


def all_that_is_shown(error: BaseException) -> str:
    """What the greediest error reporter gets out of an exception: texts, attributes, and every local variable."""
    shown = [str(error), repr(error), repr(error.args), repr(vars(error)), pickle.dumps(error).decode("latin-1")]
    shown += [repr(vars(copy.copy(error))), *traceback.format_exception(type(error), error, error.__traceback__)]
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(PACKAGE):
            shown.append(f"{frame.f_code.co_name}: {frame.f_locals!r}")
    shown.extend(all_that_is_shown(other) for other in (error.__cause__, error.__context__) if other is not None)
    return "\n".join(shown)


def raised_by(call: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it is, it must not tell
        call()
    return caught.value


def make(library: Path, **options: Any) -> Client:
    arguments: dict[str, Any] = {
        "api_key": KEY,
        "headers": {"x-tenant": HEADER},
        "proxy": f"http://user:{PASSWORD}@127.0.0.1:3128",
        "library": library,
        **options,
    }
    return Client(**arguments)


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": f"Apikey {KEY}"},
        {"api_key": f"{KEY}\0"},
        {"api_key": f"{KEY}\ud800"},
        {"api_key": KEY.encode()},
        {"headers": {"x-tenant": f"{HEADER}\n"}},
        {"headers": {"x-tenant": f"{HEADER}\0"}},
        {"headers": {"x-tenant": f"{HEADER}\ud800"}},
        {"headers": {"x-tenant": HEADER.encode()}},
        {"headers": [(HEADER,)]},
        {"headers": HEADER},
        {"proxy": f"https://user:{PASSWORD}@127.0.0.1"},
        {"proxy": f"http://user:{PASSWORD}@127.0.0.1\0"},
        {"base_url": f"http://user:{PASSWORD}@127.0.0.1"},
        {"timeout": 0},
        {"timeout": "30"},
        {"library": "/nowhere/libshoutout_otp.so"},
    ],
)
def test_a_client_that_cannot_be_made_tells_no_secret(library: Path, options: dict[str, Any]) -> None:
    assert_no_canary(all_that_is_shown(raised_by(lambda: make(library, **options))))


@pytest.mark.parametrize(
    "arguments",
    [
        {**SEND, "destination": f"0{NUMBER[2:]}"},
        {**SEND, "destination": f"{NUMBER}\0"},
        {**SEND, "destination": f"{NUMBER}\ud800"},
        {**SEND, "destination": NUMBER.encode()},
        {**SEND, "destination": int(NUMBER)},
        {**SEND, "content": "no placeholder"},
        {**SEND, "source": "ShoutDEMO\0"},
        {**SEND, "source": None},
        SEND,
        {**VERIFY, "code": f"{CODE}\0"},
        {**VERIFY, "code": f"{CODE}\ud800"},
        {**VERIFY, "code": int(CODE)},
        {**VERIFY, "code": f"{CODE} {CODE}"},
        {**VERIFY, "reference_id": ""},
        VERIFY,
    ],
)
def test_a_call_that_fails_tells_no_secret(library: Path, held_service: HeldService, arguments: dict[str, Any]) -> None:
    held_service.release.set()
    said = f"no {KEY} {KEY.split('.')[1]} {HEADER} {arguments.get('destination')} {arguments.get('code')}"
    held_service.answer = (400, {"message": said, "status": "1007", "description": said})
    with make(library, proxy=None, base_url=held_service.base_url) as client:
        call: Callable[..., object] = client.send_otp if "source" in arguments else client.verify_otp

        assert_no_canary(all_that_is_shown(raised_by(lambda: call(**arguments))))


def test_what_a_logger_writes_of_a_failure_tells_no_secret(
    library: Path, held_service: HeldService, caplog: pytest.LogCaptureFixture
) -> None:
    held_service.release.set()
    held_service.answer = (400, {"message": f"no {KEY} {HEADER} {NUMBER}"})
    with make(library, proxy=None, base_url=held_service.base_url) as client:
        try:
            client.send_otp(**SEND)
        except shoutout_otp.RejectedError:
            logging.getLogger("shop").exception("with %r", client, stack_info=True)

    assert "RejectedError" in caplog.text
    assert "stack_info=True" in caplog.text
    assert_no_canary(caplog.text)


def test_the_test_itself_would_see_a_local_variable() -> None:
    def leak() -> None:
        number = NUMBER
        raise ValueError(len(number))

    frames = traceback.walk_tb(raised_by(leak).__traceback__)
    with pytest.raises(AssertionError):
        assert_no_canary(repr([frame.f_locals for frame, _ in frames if frame.f_code.co_name == "leak"]))


def test_ctrl_c_during_a_call_tells_no_secret(
    library: Path, held_service: HeldService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    held_service.release.set()
    native = ObservedLibrary(load(library))
    native.during["so_send_otp"] = interrupt
    monkeypatch.setattr(_client, "load", lambda _: native)
    with make(library, proxy=None, base_url=held_service.base_url) as client:
        error = raised_by(lambda: client.send_otp(**SEND))

    assert isinstance(error, KeyboardInterrupt)
    assert_no_canary(all_that_is_shown(error))


def test_a_result_shows_its_reference_and_no_full_number(library: Path, sandbox: Sandbox) -> None:
    with Client(KEY, base_url=sandbox.base_url, library=library) as client:
        sent = client.send_otp(**SEND)
        code = sandbox.last_code(NUMBER)
        checked = client.verify_otp(reference_id=sent.reference_id, code=code)

    assert sent.responses[0].destination == NUMBER
    assert NUMBER in sent.json
    for result in (sent, checked):
        assert sent.reference_id in repr(result)
        assert_no_canary(f"{result} {result!r}")
        assert code not in repr(result).replace(sent.reference_id, "").replace(sent.responses[0].reference_id, "")
    assert "destination='*********23'" in repr(sent)


def test_the_services_own_words_are_not_in_the_repr_of_a_result(library: Path, held_service: HeldService) -> None:
    held_service.release.set()
    words = f"submit success for {NUMBER} with {CODE}"
    held_service.answer = (
        200,
        {"referenceId": "f437c171", "messageResult": {"status": "1001", "description": words, "responses": []}},
    )
    with Client(KEY, base_url=held_service.base_url, library=library) as client:
        sent = client.send_otp(**SEND)
        held_service.answer = (200, {"referenceId": "f437c171", "statusCode": "1001", "description": words})
        checked = client.verify_otp(**VERIFY)

    assert isinstance(sent, SendResult)
    assert isinstance(checked, VerifyResult)
    assert_no_canary(repr(sent) + repr(checked))


def test_a_client_shows_nothing_of_its_key(library: Path) -> None:
    with make(library) as client:
        assert_no_canary(f"{client} {client!r} {vars(client)} {vars(client._handle)}")


def test_a_client_leaves_its_key_to_the_library_and_wipes_its_own(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes: list[Recipe] = []

    class Seen(Recipe):
        def client(self, timeout: float | None = None) -> Handle:
            recipes.append(self)
            assert self._key.value == KEY.encode()
            return super().client(timeout)

    monkeypatch.setattr(_client, "Recipe", Seen)
    with make(library):
        assert [recipe._key.raw for recipe in recipes] == [bytes(len(KEY) + 1)]


@pytest.mark.parametrize("take_apart", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_cannot_be_pickled_or_copied_and_says_why(
    library: Path, take_apart: Callable[[object], object]
) -> None:
    with make(library) as client, pytest.raises(TypeError, match="Client cannot be pickled or copied"):
        take_apart(client)
