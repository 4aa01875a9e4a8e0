"""From the handles that the library gives out to Python values. Nothing here frees a handle."""

from __future__ import annotations

from ctypes import c_size_t
from typing import TYPE_CHECKING, Any

from . import _results
from ._errors import ShoutoutError, class_of
from ._results import SendResponse, SendResult, VerifyResult, frozen
from ._status import Delivery, Status, VerifyOutcome

if TYPE_CHECKING:
    from ._native import Functions, SoError, SoSendResult, SoVerifyResult


def send_result(native: Functions, result: SoSendResult) -> SendResult:
    """The value of a ``so_send_result``, which it keeps until somebody asks for more than the reference id."""
    return _results.send_result(_text(native.so_send_result_reference_id(result)), lambda: _others(native, result))


def _others(native: Functions, result: SoSendResult) -> dict[str, Any]:
    return {
        "status": _text(native.so_send_result_status(result)),
        "description": _text(native.so_send_result_description(result)),
        "cost": _cost(native.so_send_result_cost(result)),
        "responses": _send_responses(native, result),
        "http_status": native.so_send_result_http_status(result),
        "attempts": native.so_send_result_attempts(result),
        "elapsed": native.so_send_result_elapsed_us(result) / 1e6,
        "json": _text(native.so_send_result_json(result)),
        "request_id": _text(native.so_send_result_request_id(result)),
    }


def _send_responses(native: Functions, result: SoSendResult) -> tuple[SendResponse, ...]:
    # As c_size_t, for ctypes takes longer to make one of an int than to call, and would at each accessor.
    indices = map(c_size_t, range(native.so_send_result_response_count(result)))
    return tuple([_send_response(native, result, index) for index in indices])


def _send_response(native: Functions, result: SoSendResult, index: c_size_t) -> SendResponse:
    return frozen(
        SendResponse,
        {
            "destination": _text(native.so_send_result_response_destination(result, index)),
            "reference_id": _text(native.so_send_result_response_reference_id(result, index)),
            "status": _text(native.so_send_result_response_status(result, index)),
            "cost": _cost(native.so_send_result_response_cost(result, index)),
        },
    )


def verify_result(native: Functions, result: SoVerifyResult) -> VerifyResult:
    """The value of a ``so_verify_result``."""
    return frozen(
        VerifyResult,
        {
            "verified": native.so_verify_result_is_verified(result) == 1,
            "outcome": VerifyOutcome(native.so_verify_result_outcome(result)),
            "status": _text(native.so_verify_result_status(result)),
            "description": _text(native.so_verify_result_description(result)),
            "reference_id": _text(native.so_verify_result_reference_id(result)),
            "http_status": native.so_verify_result_http_status(result),
            "elapsed": native.so_verify_result_elapsed_us(result) / 1e6,
            "request_id": _text(native.so_verify_result_request_id(result)),
        },
    )


def failure(native: Functions, number: int, error: SoError) -> ShoutoutError:
    """The exception for a status other than OK and the ``so_error`` that came with it.

    Without one, which should not happen, every accessor gives its empty value, and the delivery
    is :attr:`Delivery.UNKNOWN`.
    """
    status = Status(number)
    retry_after_ms = native.so_error_retry_after_ms(error)
    return class_of(status)(
        _text(native.so_error_message(error)) or _text(native.so_status_name(number)),
        status=status,
        delivery=Delivery(native.so_error_delivery(error)),
        http_status=max(native.so_error_http_status(error), 0),
        service_status=_text(native.so_error_service_status(error)),
        service_message=_text(native.so_error_service_message(error)),
        retry_after=None if retry_after_ms < 0 else retry_after_ms / 1e3,
        attempts=native.so_error_attempts(error),
        elapsed=native.so_error_elapsed_us(error) / 1e6,
        reference_id=_text(native.so_error_reference_id(error)),
        request_id=_text(native.so_error_request_id(error)),
    )


def _text(value: bytes | None) -> str:
    # The library gives UTF-8 always. "replace", because an exception here would lose the
    # reference of an SMS that was paid for.
    return "" if value is None else value.decode("utf-8", "replace")


def _cost(value: float) -> float | None:
    return None if value < 0 else value
