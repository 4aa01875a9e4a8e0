"""The C ABI: every function of ``shoutout_otp.h`` with its types.

A test compares the table with the header. What each function means stands there.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
)
from typing import TYPE_CHECKING, Any

ABI_MAJOR = 0
ABI_MINOR = 1
"""The ABI that the table describes. While the major is 0, only a library of the same ABI fits."""


# Opaque: a type of its own for each handle, so that ctypes refuses to mix them up.
class SoOptions(ctypes.Structure):
    """``so_options``."""


class SoClient(ctypes.Structure):
    """``so_client``."""


class SoSendResult(ctypes.Structure):
    """``so_send_result``."""


class SoVerifyResult(ctypes.Structure):
    """``so_verify_result``."""


class SoError(ctypes.Structure):
    """``so_error``."""


OptionsPointer = POINTER(SoOptions)
ClientPointer = POINTER(SoClient)
SendResultPointer = POINTER(SoSendResult)
VerifyResultPointer = POINTER(SoVerifyResult)
ErrorPointer = POINTER(SoError)

if TYPE_CHECKING:
    from ctypes import _Pointer as Pointer

    OptionsHandle = Pointer[SoOptions]
    ClientHandle = Pointer[SoClient]
    SendResultHandle = Pointer[SoSendResult]
    VerifyResultHandle = Pointer[SoVerifyResult]
    ErrorHandle = Pointer[SoError]

Status = c_int32

# By name: the type of the result and those of the arguments.
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "so_abi_version": (c_uint32, []),
    "so_version": (c_char_p, []),
    "so_status_name": (c_char_p, [Status]),
    # options
    "so_options_new": (OptionsPointer, []),
    "so_options_set_base_url": (Status, [OptionsPointer, c_char_p]),
    "so_options_set_auth_scheme": (Status, [OptionsPointer, c_char_p]),
    "so_options_add_header": (Status, [OptionsPointer, c_char_p, c_char_p]),
    "so_options_set_timeout_ms": (Status, [OptionsPointer, c_uint32]),
    "so_options_set_connect_timeout_ms": (Status, [OptionsPointer, c_uint32]),
    "so_options_set_max_retries": (Status, [OptionsPointer, c_uint32]),
    "so_options_set_ca_file": (Status, [OptionsPointer, c_char_p]),
    "so_options_set_proxy": (Status, [OptionsPointer, c_char_p]),
    "so_options_set_allow_plain_http": (Status, [OptionsPointer, c_int32]),
    "so_options_set_user_agent_suffix": (Status, [OptionsPointer, c_char_p]),
    "so_free_options": (None, [OptionsPointer]),
    # client
    "so_client_new": (
        Status,
        [c_char_p, OptionsPointer, POINTER(ClientPointer), POINTER(ErrorPointer)],
    ),
    "so_send_otp": (
        Status,
        [
            ClientPointer,
            c_char_p,
            c_char_p,
            c_char_p,
            POINTER(SendResultPointer),
            POINTER(ErrorPointer),
        ],
    ),
    "so_verify_otp": (
        Status,
        [ClientPointer, c_char_p, c_char_p, POINTER(VerifyResultPointer), POINTER(ErrorPointer)],
    ),
    "so_free_client": (None, [ClientPointer]),
    # send result
    "so_send_result_reference_id": (c_char_p, [SendResultPointer]),
    "so_send_result_status": (c_char_p, [SendResultPointer]),
    "so_send_result_description": (c_char_p, [SendResultPointer]),
    "so_send_result_cost": (c_double, [SendResultPointer]),
    "so_send_result_response_count": (c_size_t, [SendResultPointer]),
    "so_send_result_response_destination": (c_char_p, [SendResultPointer, c_size_t]),
    "so_send_result_response_reference_id": (c_char_p, [SendResultPointer, c_size_t]),
    "so_send_result_response_status": (c_char_p, [SendResultPointer, c_size_t]),
    "so_send_result_response_cost": (c_double, [SendResultPointer, c_size_t]),
    "so_send_result_http_status": (c_int32, [SendResultPointer]),
    "so_send_result_attempts": (c_uint32, [SendResultPointer]),
    "so_send_result_elapsed_us": (c_uint64, [SendResultPointer]),
    "so_send_result_json": (c_char_p, [SendResultPointer]),
    "so_free_send_result": (None, [SendResultPointer]),
    # verify result
    "so_verify_result_is_verified": (c_int32, [VerifyResultPointer]),
    "so_verify_result_outcome": (c_int32, [VerifyResultPointer]),
    "so_verify_result_status": (c_char_p, [VerifyResultPointer]),
    "so_verify_result_description": (c_char_p, [VerifyResultPointer]),
    "so_verify_result_reference_id": (c_char_p, [VerifyResultPointer]),
    "so_verify_result_http_status": (c_int32, [VerifyResultPointer]),
    "so_verify_result_elapsed_us": (c_uint64, [VerifyResultPointer]),
    "so_free_verify_result": (None, [VerifyResultPointer]),
    # error
    "so_error_status": (Status, [ErrorPointer]),
    "so_error_message": (c_char_p, [ErrorPointer]),
    "so_error_delivery": (c_int32, [ErrorPointer]),
    "so_error_http_status": (c_int32, [ErrorPointer]),
    "so_error_service_status": (c_char_p, [ErrorPointer]),
    "so_error_service_message": (c_char_p, [ErrorPointer]),
    "so_error_retry_after_ms": (c_int64, [ErrorPointer]),
    "so_error_attempts": (c_uint32, [ErrorPointer]),
    "so_error_elapsed_us": (c_uint64, [ErrorPointer]),
    "so_error_reference_id": (c_char_p, [ErrorPointer]),
    "so_free_error": (None, [ErrorPointer]),
}


# Other Python threads run during a call, but not during these. The library asks for the names of
# proxies when it makes a client (and throws the answer away); a thread that changed the environment
# at that moment could crash the process, and Python changes it with the interpreter's lock held.
KEEPS_THE_LOCK = {"so_client_new"}


def declare(native: ctypes.CDLL, name: str) -> None:
    """Gives one function its types. Without them ctypes would cut every pointer to 32 bits.

    Raises ``AttributeError`` if the library has no such function.
    """
    result, arguments = SIGNATURES[name]
    if name in KEEPS_THE_LOCK:
        setattr(native, name, ctypes.PYFUNCTYPE(result, *arguments)((name, native)))
        return
    function = getattr(native, name)  # not native[name], which makes a new object every time
    function.restype, function.argtypes = result, arguments
