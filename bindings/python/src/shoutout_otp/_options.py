"""From the keyword arguments of :class:`Client` to calls of the ``so_options_*`` functions.

Whether a value is good is for the library to say. Refused here is only what ctypes could not pass
on unchanged: other types, strings that C would cut, numbers that do not fit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Union

from ._errors import refusal
from ._status import Status
from ._text import Argument

if TYPE_CHECKING:
    from ._errors import ShoutoutError

Headers = Union[Mapping[str, str], Iterable[tuple[str, str]]]

_MAX_U32 = 0xFFFF_FFFF

# Called add_header in messages, as by the library, which judges what is left.
_HEADER_NAME = Argument("option add_header: the name", Status.INVALID_ARGUMENT)
_HEADER_VALUE = Argument("option add_header: the value", Status.INVALID_ARGUMENT)


class Setting(NamedTuple):
    """One call: the name of the function and the arguments that follow the options."""

    function: str
    arguments: tuple[Any, ...]


def settings(options: Mapping[str, object]) -> list[Setting]:
    """The calls for the options by name, without those that are ``None``.

    Raises ``TypeError`` or :class:`ConfigurationError` with the name of the option at fault.
    """
    return [
        setting
        for option, value in options.items()
        if value is not None
        for setting in _CONVERTERS[option](option, value)
    ]


def _text(option: str, value: object) -> list[Setting]:
    return _set(option, Argument(f"option {option}", Status.INVALID_ARGUMENT).encode(value))


def _path(option: str, value: object) -> list[Setting]:
    return _text(option, os.fspath(value) if isinstance(value, os.PathLike) else value)


def _seconds(option: str, value: object) -> list[Setting]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"option {option} must be a number of seconds, not {type(value).__name__}")
    if not 0 <= value <= _MAX_U32 / 1000:  # NaN is not, either
        raise _out_of_range(option, "0.001 to 600 seconds (1 to 600000 milliseconds) are possible")
    return _set(f"{option}_ms", round(value * 1000))


def _count(option: str, value: object) -> list[Setting]:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"option {option} must be int, not {type(value).__name__}")
    if not 0 <= value <= _MAX_U32:
        raise _out_of_range(option, "0 to 10 are possible")
    return _set(option, value)


def _switch(option: str, value: object) -> list[Setting]:
    if not isinstance(value, bool):
        raise TypeError(f"option {option} must be bool, not {type(value).__name__}")
    return _set(option, int(value))


def _headers(option: str, value: object) -> list[Setting]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"option {option} must be a mapping or pairs, not {type(value).__name__}")
    return [_header(*_pair(option, item)) for item in _items(value)]


def _items(value: Iterable[object]) -> Iterable[object]:
    return value.items() if isinstance(value, Mapping) else value


def _pair(option: str, item: object) -> tuple[object, object]:
    if not isinstance(item, (tuple, list)) or len(item) != 2:
        raise TypeError(f"option {option} must be a mapping or pairs of a name and a value")
    return item[0], item[1]


def _header(name: object, value: object) -> Setting:
    return Setting("so_options_add_header", (_HEADER_NAME.encode(name), _HEADER_VALUE.encode(value)))


def _set(option: str, value: bytes | int) -> list[Setting]:
    return [Setting(f"so_options_set_{option}", (value,))]


def _out_of_range(option: str, possible: str) -> ShoutoutError:
    return refusal(Status.INVALID_ARGUMENT, f"option {option} is out of range; {possible}")


_CONVERTERS: dict[str, Callable[[str, object], list[Setting]]] = {
    "base_url": _text,
    "auth_scheme": _text,
    "headers": _headers,
    "timeout": _seconds,
    "connect_timeout": _seconds,
    "max_retries": _count,
    "ca_file": _path,
    "proxy": _text,
    "allow_plain_http": _switch,
    "user_agent_suffix": _text,
}
