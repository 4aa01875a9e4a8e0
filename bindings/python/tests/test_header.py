"""The header is the source of every number and every type: what the package says must equal it."""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING, Any

import pytest

from servers import ROOT
from shoutout_otp import Delivery, Status, VerifyOutcome, _native
from shoutout_otp._native import SIGNATURES

if TYPE_CHECKING:
    from enum import Enum

    from native import ObservedLibrary

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HEADER = COMMENT.sub("", (ROOT / "include" / "shoutout_otp.h").read_text("utf-8"))

CONSTANTS = {name: int(value) for name, value in re.findall(r"\bSHOUTOUT_(\w+) = (\d+)", HEADER)}

FUNCTIONS = {
    name: (result, [re.sub(r"\w+$", "", argument).strip() for argument in arguments.split(",") if argument != "void"])
    for result, name, arguments in re.findall(r"^(\w[\w ]*?[ *]+)(so_\w+)\(([^)]*)\);", HEADER, re.MULTILINE)
}

HANDLES: dict[str, type[ctypes.c_void_p]] = {
    "options": _native.SoOptions,
    "client": _native.SoClient,
    "call": _native.SoCall,
    "send_result": _native.SoSendResult,
    "verify_result": _native.SoVerifyResult,
    "error": _native.SoError,
}

VALUES = {
    "so_status": ctypes.c_int32,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "double": ctypes.c_double,
    "char*": ctypes.c_char_p,
    "void*": ctypes.c_void_p,
    "so_interrupt_check": _native.InterruptCheck,
    "void": None,
    **{f"so_{name}*": kind for name, kind in HANDLES.items()},
}


def ctypes_type(c_type: str) -> Any:
    """The ctypes counterpart of a type in C."""
    c_type = c_type.replace("const ", "").replace(" ", "")
    if c_type in VALUES:
        return VALUES[c_type]
    assert c_type.endswith("*"), f"no counterpart known for {c_type}"
    return ctypes.POINTER(ctypes_type(c_type[:-1]))


def numbers(enum: type[Enum]) -> dict[str, int]:
    return {member.name: member.value for member in enum}


def test_every_number_of_the_header_has_the_same_name_here_and_none_is_added() -> None:
    here = {
        **numbers(Status),
        **{f"DELIVERY_{name}": value for name, value in numbers(Delivery).items()},
        **{f"VERIFY_{name}": value for name, value in numbers(VerifyOutcome).items()},
    }
    assert here == CONSTANTS


def test_every_function_of_the_header_is_declared_and_none_is_added() -> None:
    assert len(FUNCTIONS) == len(re.findall(r"\bso_\w+\(", HEADER)), "the test does not read all of the header"
    assert set(SIGNATURES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_types_of_the_header(name: str) -> None:
    result, arguments = FUNCTIONS[name]
    assert SIGNATURES[name] == (ctypes_type(result), [ctypes_type(argument) for argument in arguments])


def test_the_package_is_written_for_the_abi_of_the_header() -> None:
    version = {part: int(number) for part, number in re.findall(r"VERSION_(MAJOR|MINOR) (\d+)", HEADER)}
    assert version == {"MAJOR": _native.ABI_MAJOR, "MINOR": _native.ABI_MINOR}


@pytest.mark.parametrize("handle", HANDLES)
def test_a_function_refuses_the_handle_of_another_kind(native: ObservedLibrary, handle: str) -> None:
    wrong = next(kind for name, kind in HANDLES.items() if name != handle)
    with pytest.raises(ctypes.ArgumentError, match="wrong type"):
        getattr(native, f"so_free_{handle}")(wrong.__new__(wrong))
