"""Keeping secrets out of tracebacks."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Awaitable
from typing import Any, Callable, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable[..., Any])
_AsyncFunction = TypeVar("_AsyncFunction", bound=Callable[..., Awaitable[Any]])


def without_locals(function: _Function) -> _Function:
    """Lets no exception leave the function with local variables in its traceback.

    Error reporters record the locals of every frame of a traceback, and debug pages show them.
    Here these are the API key, codes and phone numbers. Files, lines and functions remain.
    """

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            del args, kwargs  # The frame of this wrapper itself still runs and cannot be cleared.

    return cast("_Function", wrapper)


def without_locals_async(function: _AsyncFunction) -> _AsyncFunction:
    """:func:`without_locals` for an ``async def``."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return await function(*args, **kwargs)
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            del args, kwargs

    return cast("_AsyncFunction", wrapper)
