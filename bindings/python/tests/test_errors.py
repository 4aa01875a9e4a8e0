"""The exception tree: which class stands for which status, and that it can travel."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

import shoutout_otp
from shoutout_otp import (
    Delivery,
    InternalError,
    InvalidInputError,
    LibraryError,
    NetworkError,
    RequestTimeoutError,
    ServiceError,
    ShoutoutError,
    Status,
    VerifyOutcome,
    _read,
)
from shoutout_otp._errors import class_of
from shoutout_otp._library import load
from shoutout_otp._native import Functions, SoError

if TYPE_CHECKING:
    from pathlib import Path

RANGES = [
    (range(1, 20), InvalidInputError),
    (range(20, 40), NetworkError),
    (range(40, 60), ServiceError),
    (range(60, 200), LibraryError),
]

EXCEPTIONS = [
    exception
    for exception in vars(shoutout_otp).values()
    if isinstance(exception, type) and issubclass(exception, ShoutoutError)
]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.OK])
def test_every_status_has_a_class_of_its_own_within_its_range(status: Status) -> None:
    exception = class_of(status)
    assert exception.__name__ in shoutout_otp.__all__
    assert [base for numbers, base in RANGES if status in numbers] == [
        base for _, base in RANGES if issubclass(exception, base)
    ]
    assert [other for other in Status if class_of(other) is exception] == [status]


@pytest.mark.parametrize(
    ("number", "base"), [(19, InvalidInputError), (39, NetworkError), (59, ServiceError), (99, LibraryError)]
)
def test_a_status_that_only_a_newer_library_knows_is_of_its_range(number: int, base: type[ShoutoutError]) -> None:
    status = Status(number)
    assert status == number
    assert class_of(status) is base
    assert pickle.loads(pickle.dumps(status)) == status


def test_other_numbers_of_a_newer_library_are_read_as_what_is_safe() -> None:
    assert Delivery(77) is Delivery.UNKNOWN
    assert VerifyOutcome(77) is VerifyOutcome.REFUSED
    assert VerifyOutcome(0) is VerifyOutcome.REFUSED


def test_built_in_exceptions_are_bases_where_they_fit() -> None:
    assert issubclass(InvalidInputError, ValueError)
    assert issubclass(RequestTimeoutError, TimeoutError)


@pytest.mark.parametrize("exception", EXCEPTIONS)
def test_no_exception_is_a_connection_error_which_retry_helpers_repeat(exception: type[ShoutoutError]) -> None:
    assert not issubclass(exception, ConnectionError)


@pytest.mark.parametrize("exception", EXCEPTIONS)
def test_an_exception_keeps_all_that_it_says_on_its_way_to_another_process(exception: type[ShoutoutError]) -> None:
    said: dict[str, Any] = {
        "status": Status.REJECTED,
        "delivery": Delivery.NOT_SENT,
        "http_status": 400,
        "service_status": "1007",
        "service_message": "invalid source",
        "retry_after": 1.5,
        "attempts": 2,
        "elapsed": 0.25,
        "reference_id": "f437c171",
        "request_id": "c6af9ac6",
    }
    original = exception("what happened", **said)

    arrived = pickle.loads(pickle.dumps(original))

    assert type(arrived) is exception
    assert str(arrived) == "what happened"
    assert vars(arrived) == said


def test_a_failure_without_details_is_never_taken_for_not_sent(library: Path) -> None:
    native: Functions = load(library)
    error = _read.failure(native, Status.INTERNAL_ERROR, SoError(native.so_free_error))

    assert type(error) is InternalError
    assert str(error) == "SHOUTOUT_INTERNAL_ERROR"
    assert error.delivery is Delivery.UNKNOWN
    assert error.retry_after is None
    assert error.http_status == 0
