"""Arguments that ctypes would change in silence, or that are no text at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from native import ObservedLibrary
from shoutout_otp import (
    Client,
    ConfigurationError,
    Delivery,
    InternalError,
    InvalidApiKeyError,
    InvalidCodeError,
    InvalidContentError,
    InvalidDestinationError,
    InvalidReferenceIdError,
    InvalidSourceError,
    ShoutoutError,
    Status,
    _client,
)
from shoutout_otp._library import load
from shoutout_otp._native import SoOptions

SEND = {"source": "ShoutDEMO", "destination": "94771234567", "content": "Your code is {{code}}"}
VERIFY = {"reference_id": "f437c171", "code": "01234"}

ARGUMENTS = [
    ("source", InvalidSourceError),
    ("destination", InvalidDestinationError),
    ("content", InvalidContentError),
    ("reference_id", InvalidReferenceIdError),
    ("code", InvalidCodeError),
]

NOT_TEXT = [None, 94771234567, b"94771234567", ["94771234567"]]

NOT_FOR_C = ["{}\0", "\0{}", "{}\0\ud800", "{}\ud800", "{}\udfff"]


def call(client: Client, argument: str, value: Any) -> object:
    if argument in SEND:
        return client.send_otp(**{**SEND, argument: value})
    return client.verify_otp(**{**VERIFY, argument: value})


@pytest.mark.parametrize("argument", [name for name, _ in ARGUMENTS])
@pytest.mark.parametrize("value", NOT_TEXT)
def test_what_is_no_str_is_a_type_error_that_names_the_argument(client: Client, argument: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{argument} must be str, not {type(value).__name__}$"):
        call(client, argument, value)


@pytest.mark.parametrize(("argument", "exception"), ARGUMENTS)
@pytest.mark.parametrize("form", NOT_FOR_C)
def test_what_c_would_cut_or_cannot_spell_is_refused_as_that_argument(
    client: Client, argument: str, exception: type[ShoutoutError], form: str
) -> None:
    with pytest.raises(exception, match=rf"^{argument} holds .* Nothing was sent\.$") as caught:
        call(client, argument, form.format({**SEND, **VERIFY}[argument]))
    assert caught.value.delivery is Delivery.NOT_SENT


TEXT_OPTIONS = ["base_url", "auth_scheme", "ca_file", "proxy", "user_agent_suffix"]


@pytest.mark.parametrize("option", TEXT_OPTIONS)
@pytest.mark.parametrize("form", NOT_FOR_C)
def test_an_option_that_c_would_cut_is_refused_by_name(library: Path, option: str, form: str) -> None:
    arguments: dict[str, Any] = {option: form.format("http://127.0.0.1")}
    with pytest.raises(ConfigurationError, match=option) as caught:
        Client("test.test.test", library=library, **arguments)
    assert caught.value.status is Status.INVALID_ARGUMENT


@pytest.mark.parametrize("form", NOT_FOR_C)
@pytest.mark.parametrize("pair", [("x-tenant{}", "7"), ("x-tenant", "7{}")])
def test_a_header_that_c_would_cut_is_refused(library: Path, pair: tuple[str, str], form: str) -> None:
    name, value = (part.format(form.format("")) for part in pair)
    with pytest.raises(ConfigurationError, match="add_header"):
        Client("test.test.test", headers={name: value}, library=library)


@pytest.mark.parametrize("form", NOT_FOR_C)
def test_a_key_that_c_would_cut_is_refused(library: Path, form: str) -> None:
    with pytest.raises(InvalidApiKeyError, match="api_key"):
        Client(form.format("test.test.test"), library=library)


def test_without_a_key_the_message_says_where_it_could_come_from(library: Path) -> None:
    with pytest.raises(InvalidApiKeyError, match="SHOUTOUT_API_KEY"):
        Client(library=library)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("base_url", b"http://127.0.0.1"),
        ("base_url", Path("/")),
        ("auth_scheme", 1),
        ("ca_file", b"/etc/ssl"),
        ("ca_file", 0),
        ("headers", "x-tenant: 7"),
        ("headers", b"x-tenant: 7"),
        ("headers", 7),
        ("headers", ["x-tenant: 7"]),
        ("headers", [("x-tenant",)]),
        ("headers", ["xy"]),
        ("timeout", "30"),
        ("timeout", True),
        ("connect_timeout", [5]),
        ("max_retries", 1.0),
        ("max_retries", True),
        ("proxy", 3128),
        ("allow_plain_http", 1),
        ("allow_plain_http", "no"),
        ("user_agent_suffix", b"my-shop"),
        ("library", b"/usr/lib/x.so"),
        ("library", 7),
    ],
)
def test_an_option_of_the_wrong_type_is_a_type_error_that_names_it(library: Path, option: str, value: Any) -> None:
    arguments: dict[str, Any] = {"library": library, option: value}
    with pytest.raises(TypeError, match=option):
        Client("test.test.test", **arguments)


@pytest.mark.parametrize("header", [(b"x-tenant", "7"), ("x-tenant", 7), (None, "7")])
def test_a_header_that_is_no_text_is_a_type_error(library: Path, header: Any) -> None:
    with pytest.raises(TypeError, match="header"):
        Client("test.test.test", headers=[header], library=library)


@pytest.mark.parametrize("key", [7, b"test.test.test"])
def test_a_key_that_is_no_str_is_a_type_error(library: Path, key: Any) -> None:
    with pytest.raises(TypeError, match="api_key"):
        Client(key, library=library)


@pytest.mark.parametrize("option", ["timeout", "connect_timeout"])
@pytest.mark.parametrize(
    "seconds", [float("nan"), float("inf"), float("-inf"), -1, -0.001, 0, 0.0001, 600.001, 4294968, 10**400, 1e308]
)
def test_a_time_that_is_none_is_refused_by_name(library: Path, option: str, seconds: float) -> None:
    arguments: dict[str, Any] = {option: seconds}
    with pytest.raises(ConfigurationError, match=rf"option {option}"):
        Client("test.test.test", library=library, **arguments)


@pytest.mark.parametrize("seconds", [0.001, 0.3, 1, 29.9999, 600])
def test_seconds_may_be_whole_or_not(library: Path, seconds: float) -> None:
    Client("test.test.test", timeout=seconds, connect_timeout=seconds, library=library).close()


@pytest.mark.parametrize("retries", [-1, 2**32, 2**32 + 1, 10**30])
def test_a_number_of_retries_that_c_would_wrap_is_refused(library: Path, retries: int) -> None:
    with pytest.raises(ConfigurationError, match="max_retries"):
        Client("test.test.test", max_retries=retries, library=library)


@pytest.mark.parametrize(
    ("function", "answer"),
    [("so_options_new", SoOptions()), ("so_options_set_base_url", Status.INTERNAL_ERROR)],
)
def test_a_fault_that_the_options_cannot_remember_never_makes_a_client_with_other_options(
    library: Path, monkeypatch: pytest.MonkeyPatch, function: str, answer: object
) -> None:
    native = ObservedLibrary(load(library))
    native.instead[function] = answer
    monkeypatch.setattr(_client, "load", lambda _: native)

    with pytest.raises(InternalError) as caught:
        Client("test.test.test", base_url="http://127.0.0.1:9")

    assert caught.value.delivery is Delivery.NOT_SENT
    assert "so_client_new begins" not in native.journal


def test_headers_may_be_a_mapping_or_pairs(library: Path) -> None:
    Client("test.test.test", headers={"x-tenant": "7"}, library=library).close()
    Client("test.test.test", headers=[("x-tenant", "7"), ("x-tenant", "8")], library=library).close()
    Client("test.test.test", headers=iter([("x-tenant", "7")]), library=library).close()
    Client("test.test.test", headers={}, library=library).close()


def test_a_path_object_names_the_ca_file(library: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="ca_file"):
        Client("test.test.test", ca_file=tmp_path / "missing.pem", library=library)
