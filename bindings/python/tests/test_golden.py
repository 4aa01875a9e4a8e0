"""The golden table, which every language runs: see `tests/golden/README.md` at the top of the repository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from servers import GOLDEN
from shoutout_otp import Client, Delivery, ShoutoutError, Status, VerifyOutcome, _options
from shoutout_otp._errors import class_of
from shoutout_otp._library import load
from shoutout_otp._recipe import Recipe
from shoutout_otp._secrets import without_locals
from test_secrets import all_that_is_shown

if TYPE_CHECKING:
    from pathlib import Path

    from servers import GoldenService

Row = dict[str, Any]

API_KEY = "golden.test.key"  # by a name, for a traceback shows the lines of code it went through


def rows(file: str) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in json.loads((GOLDEN / file).read_text("utf-8"))]


def text(value: Any) -> Any:
    """A text of the table; long ones stand there as what to repeat."""
    if isinstance(value, dict):
        return value["repeat"] * value["times"] + value.get("then", "")
    return value


def keywords(options: list[list[Any]], service: str = "") -> dict[str, Any]:
    """The options of a row as keyword arguments of Client."""
    arguments: dict[str, Any] = {}
    for option, *values in options:
        value = text(values[0])
        if option in ("base_url", "proxy") and value is not None:
            value = value.replace("GOLDEN", service)
        if option == "add_header":
            arguments.setdefault("headers", []).append((value, text(values[1])))
        elif option.endswith("_ms"):
            arguments[option[: -len("_ms")]] = value / 1000
        elif option == "allow_plain_http":
            arguments[option] = bool(value)
        else:
            arguments[option] = value
    return arguments


def client_of(row: Row, service: GoldenService, library: Path) -> Client:
    arguments = {
        "base_url": f"{service.url}/{row['name']}",
        **keywords(row.get("options", []), service.url[len("http://") :]),
    }
    return Client(text(row.get("api_key", API_KEY)), library=library, **arguments)


def send(client: Client, row: Row) -> Any:
    return client.send_otp(
        source=text(row.get("source", "ShoutDEMO")),
        destination=text(row.get("destination", "94771234567")),
        content=text(row.get("content", "Your code is {{code}}")),
    )


def verify(client: Client, row: Row) -> Any:
    return client.verify_otp(
        reference_id=text(row.get("reference_id", "f437c171-2d08-48c8-a4a2-0123456789ab")),
        code=text(row.get("code", "01234")),
    )


def secrets_of(row: Row) -> list[str]:
    """What no text may hold, whether the row says so or not."""
    destination = text(row.get("destination", "94771234567"))
    secrets = [
        text(row.get("api_key", API_KEY)),
        text(row.get("code", "01234")),
        destination,
        "".join(character for character in destination if character in "0123456789"),
    ]
    settings: list[list[Any]] = row.get("set") or row.get("options") or []
    for option, *values in settings:
        if option == "add_header":
            secrets.append(text(values[1]))
        elif option in ("base_url", "proxy"):
            user_info = (text(values[0]) or "").partition("//")[2].rpartition("@")[0]
            secrets += [user_info, user_info.partition(":")[2]]
    return [secret for secret in secrets if len(secret) >= 5]  # Shorter ones may look like a status.


def assert_no_secret(row: Row, shown: str) -> None:
    assert [secret for secret in secrets_of(row) if secret in shown] == []


def assert_error(error: ShoutoutError, expected: Row, row: Row) -> None:
    assert_no_secret(row, all_that_is_shown(error))
    status = Status[expected["status"][len("SHOUTOUT_") :]]
    assert error.status is status
    assert type(error) is class_of(status)
    if "delivery" in expected:
        assert error.delivery is Delivery[expected["delivery"]]
    if "retry_after_ms" in expected:
        milliseconds = expected["retry_after_ms"]
        assert error.retry_after == (None if milliseconds < 0 else milliseconds / 1000)
    for field in ("http_status", "service_status", "service_message", "reference_id", "request_id"):
        if field in expected:
            assert getattr(error, field) == expected[field], field
    for part in expected.get("message_has", []):
        assert part in str(error)
    for part in expected.get("message_lacks", []):
        assert part not in f"{error} {error!r} {vars(error)}"


def assert_result(result: object, expected: Row) -> None:
    for field, value in expected.items():
        assert_field(getattr(result, field), value, field)


def assert_field(actual: Any, expected: Any, field: str) -> None:
    if field == "responses":
        assert len(actual) == len(expected)
        for response, expected_response in zip(actual, expected):
            assert_result(response, expected_response)
    elif field == "cost":
        assert (-1 if actual is None else actual) == expected
    elif field == "outcome":
        assert actual is VerifyOutcome[expected]
    else:
        assert actual == expected, field


def refused(row: Row) -> Row:
    """What the error of a refused row must be; its other fields are the input."""
    expected: Row = {"delivery": "NOT_SENT", "http_status": 0, "service_status": "", "reference_id": ""}
    expected.update((field, row[field]) for field in ("status", "message_has", "message_lacks") if field in row)
    return expected


@pytest.mark.parametrize("row", rows("refusals.json"))
def test_input_is_refused_before_anything_leaves_the_machine(
    row: Row, golden_service: GoldenService, library: Path
) -> None:
    with pytest.raises(ShoutoutError) as caught, client_of(row, golden_service, library) as client:
        {"send": send, "verify": verify}[row["call"]](client, row)

    assert_error(caught.value, refused(row), row)
    assert caught.value.attempts == 0


def is_expressible(row: Row) -> bool:
    """Keyword arguments set an option once only; headers add up."""
    names = [name for name, *_ in row["set"] if name != "add_header"]
    return len(names) == len(set(names))


def make_client(row: Row, library: Path) -> None:
    if is_expressible(row):
        Client(API_KEY, library=library, **keywords(row["set"])).close()
        return
    native = load(library)
    settings = [
        _options.Setting(f"so_options_set_{name}", (value.encode() if isinstance(value, str) else value,))
        for name, value in row["set"]
    ]
    without_locals(lambda: Recipe(native, API_KEY.encode(), settings).client().close())()


@pytest.mark.parametrize("row", rows("options.json"))
def test_an_option_is_taken_or_refused_by_name(row: Row, library: Path) -> None:
    if row["status"] == "SHOUTOUT_OK":
        make_client(row, library)
        return
    with pytest.raises(ShoutoutError) as caught:
        make_client(row, library)

    assert_error(caught.value, refused(row), row)


@pytest.mark.parametrize("row", rows("send.json"))
def test_a_send_asks_and_understands_as_the_table_says(row: Row, golden_service: GoldenService, library: Path) -> None:
    run_exchange(send, row, golden_service, library)


@pytest.mark.parametrize("row", rows("verify.json"))
def test_a_verification_asks_and_understands_as_the_table_says(
    row: Row, golden_service: GoldenService, library: Path
) -> None:
    run_exchange(verify, row, golden_service, library)


def run_exchange(call: Any, row: Row, service: GoldenService, library: Path) -> None:
    with client_of(row, service, library) as client:
        if "result" in row:
            result = call(client, row)
            assert_result(result, row["result"])
            shown = f"{result!r} {result.status} {result.description}"
            for named in (result, *getattr(result, "responses", ())):
                shown = shown.replace(named.reference_id or "…", "…")  # The service's ids are passed on as they came.
            assert_no_secret(row, shown)
            assert getattr(result, "attempts", 1) == 1
            return
        with pytest.raises(ShoutoutError) as caught:
            call(client, row)
    assert_error(caught.value, row["error"], row)
    assert caught.value.attempts == 1
