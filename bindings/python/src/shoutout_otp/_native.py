"""The C ABI: every function of ``shoutout_otp.h`` with its types.

A test compares the table with the header. What each function means stands there.
"""

from __future__ import annotations

import ctypes
import re
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import TYPE_CHECKING, Any, Callable

ABI_MAJOR = 0
ABI_MINOR = 1
"""The ABI that the table describes: a library of the same major and at least this minor fits."""


# Opaque handles: a type of its own for each, so that ctypes refuses to mix them up. Addresses rather than pointers to
# structures, for which ctypes takes three times as long to check an argument, and a send reads a dozen values.
class SoOptions(c_void_p):
    """``so_options *``."""


class SoClient(c_void_p):
    """``so_client *``."""


class SoCall(c_void_p):
    """``so_call *``."""


class Owned(c_void_p):
    """A handle for a call to fill in, which goes back to the library with the last reference to this object.

    So nothing is lost however a call ends, and a result can be kept for as long as somebody may want to read it.
    """

    def __init__(self, free: Callable[[Owned], None]) -> None:
        """``free`` is the library's function for handles of this kind."""
        self._free = free  # And NULL as yet, which c_void_p is without its own __init__, too.

    def __del__(self) -> None:
        if self:
            self._free(self)


class SoSendResult(Owned):
    """``so_send_result *``."""


class SoVerifyResult(Owned):
    """``so_verify_result *``."""


class SoError(Owned):
    """``so_error *``."""


Status = c_int32

InterruptCheck = CFUNCTYPE(c_int32, c_void_p)
"""``so_interrupt_check``."""

# By name: the type of the result and those of the arguments. Where one is a POINTER, the handle itself is passed, and
# ctypes takes its address.
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "so_abi_version": (c_uint32, []),
    "so_version": (c_char_p, []),
    "so_status_name": (c_char_p, [Status]),
    "so_delivery_name": (c_char_p, [c_int32]),
    "so_verify_outcome_name": (c_char_p, [c_int32]),
    # options
    "so_options_new": (SoOptions, []),
    "so_options_set_base_url": (Status, [SoOptions, c_char_p]),
    "so_options_set_auth_scheme": (Status, [SoOptions, c_char_p]),
    "so_options_add_header": (Status, [SoOptions, c_char_p, c_char_p]),
    "so_options_set_timeout_ms": (Status, [SoOptions, c_uint32]),
    "so_options_set_connect_timeout_ms": (Status, [SoOptions, c_uint32]),
    "so_options_set_max_retries": (Status, [SoOptions, c_uint32]),
    "so_options_set_ca_file": (Status, [SoOptions, c_char_p]),
    "so_options_set_proxy": (Status, [SoOptions, c_char_p]),
    "so_options_set_allow_plain_http": (Status, [SoOptions, c_int32]),
    "so_options_set_user_agent_suffix": (Status, [SoOptions, c_char_p]),
    "so_free_options": (None, [SoOptions]),
    # call
    "so_call_new": (SoCall, []),
    "so_call_set_timeout_ms": (Status, [SoCall, c_uint32]),
    "so_call_add_header": (Status, [SoCall, c_char_p, c_char_p]),
    "so_call_set_interrupt_check": (Status, [SoCall, InterruptCheck, c_void_p]),
    "so_call_cancel": (None, [SoCall]),
    "so_free_call": (None, [SoCall]),
    # client
    "so_client_new": (
        Status,
        [c_char_p, SoOptions, POINTER(SoClient), POINTER(SoError)],
    ),
    "so_send_otp": (
        Status,
        [
            SoClient,
            c_char_p,
            c_char_p,
            c_char_p,
            POINTER(SoSendResult),
            POINTER(SoError),
        ],
    ),
    "so_verify_otp": (
        Status,
        [SoClient, c_char_p, c_char_p, POINTER(SoVerifyResult), POINTER(SoError)],
    ),
    "so_send_otp_with": (
        Status,
        [
            SoClient,
            SoCall,
            c_char_p,
            c_char_p,
            c_char_p,
            POINTER(SoSendResult),
            POINTER(SoError),
        ],
    ),
    "so_verify_otp_with": (
        Status,
        [SoClient, SoCall, c_char_p, c_char_p, POINTER(SoVerifyResult), POINTER(SoError)],
    ),
    "so_free_client": (None, [SoClient]),
    # send result
    "so_send_result_reference_id": (c_char_p, [SoSendResult]),
    "so_send_result_status": (c_char_p, [SoSendResult]),
    "so_send_result_description": (c_char_p, [SoSendResult]),
    "so_send_result_cost": (c_double, [SoSendResult]),
    "so_send_result_response_count": (c_size_t, [SoSendResult]),
    "so_send_result_response_destination": (c_char_p, [SoSendResult, c_size_t]),
    "so_send_result_response_reference_id": (c_char_p, [SoSendResult, c_size_t]),
    "so_send_result_response_status": (c_char_p, [SoSendResult, c_size_t]),
    "so_send_result_response_cost": (c_double, [SoSendResult, c_size_t]),
    "so_send_result_http_status": (c_int32, [SoSendResult]),
    "so_send_result_attempts": (c_uint32, [SoSendResult]),
    "so_send_result_elapsed_us": (c_uint64, [SoSendResult]),
    "so_send_result_json": (c_char_p, [SoSendResult]),
    "so_send_result_request_id": (c_char_p, [SoSendResult]),
    "so_free_send_result": (None, [SoSendResult]),
    # verify result
    "so_verify_result_is_verified": (c_int32, [SoVerifyResult]),
    "so_verify_result_outcome": (c_int32, [SoVerifyResult]),
    "so_verify_result_status": (c_char_p, [SoVerifyResult]),
    "so_verify_result_description": (c_char_p, [SoVerifyResult]),
    "so_verify_result_reference_id": (c_char_p, [SoVerifyResult]),
    "so_verify_result_request_id": (c_char_p, [SoVerifyResult]),
    "so_verify_result_http_status": (c_int32, [SoVerifyResult]),
    "so_verify_result_elapsed_us": (c_uint64, [SoVerifyResult]),
    "so_free_verify_result": (None, [SoVerifyResult]),
    # error
    "so_error_status": (Status, [SoError]),
    "so_error_message": (c_char_p, [SoError]),
    "so_error_delivery": (c_int32, [SoError]),
    "so_error_http_status": (c_int32, [SoError]),
    "so_error_service_status": (c_char_p, [SoError]),
    "so_error_service_message": (c_char_p, [SoError]),
    "so_error_retry_after_ms": (c_int64, [SoError]),
    "so_error_request_id": (c_char_p, [SoError]),
    "so_error_attempts": (c_uint32, [SoError]),
    "so_error_elapsed_us": (c_uint64, [SoError]),
    "so_error_reference_id": (c_char_p, [SoError]),
    "so_free_error": (None, [SoError]),
}


# Other Python threads run during a call, but not during these.
#
# so_client_new: the library asks for the names of proxies when it makes a client (and throws the answer away); a thread
# that changed the environment at that moment could crash the process, and Python changes it with the interpreter's lock
# held. The others only read what a call gave, or free it: handing the lock over and waiting for it would take longer.
KEEPS_THE_LOCK = re.compile(r"so_client_new|so_(free_)?(send_result|verify_result|error)\w*")


class Functions:
    """The functions of one loaded library, by their names in the table above.

    Attributes of a plain object, for :class:`ctypes.CDLL` has a ``__getattr__``, which makes Python
    look slowly for what is there, too.
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, native: ctypes.CDLL) -> None:
        """Raises ``AttributeError`` if the library has not all of them."""
        for name in SIGNATURES:
            setattr(self, name, declared(native, name))


def declared(native: ctypes.CDLL, name: str) -> Any:
    """One function with its types. Without them ctypes would cut every pointer to 32 bits.

    Raises ``AttributeError`` if the library has no such function.
    """
    result, arguments = SIGNATURES[name]
    prototype = ctypes.PYFUNCTYPE if KEEPS_THE_LOCK.fullmatch(name) else ctypes.CFUNCTYPE
    return prototype(result, *arguments)((name, native))
