"""Talking to the sandbox's control API."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from typing import Any

from ._errors import SandboxError
from ._process import PATIENCE


class TimedOutError(Exception):
    """The sandbox answered that what was waited for did not come."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class Control:
    """The paths below ``/_sandbox`` of one sandbox; ``ca_file`` is the authority to trust, where the URL is https."""

    def __init__(self, url: str, ca_file: str | None) -> None:
        self._url = url
        # Not urlopen(): a proxy of the environment's would be asked for 127.0.0.1.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if ca_file is not None:
            trust = ssl.create_default_context(cafile=ca_file)
            handlers.append(urllib.request.HTTPSHandler(context=trust))
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str, *, wait: float = 0.0, **query: object) -> dict[str, Any]:
        """What is there; the answer may take ``wait`` seconds."""
        return self._ask("GET", path, query, None, wait)

    def post(self, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        """Changes something."""
        return self._ask("POST", path, {}, content or {}, 0.0)

    def delete(self, path: str, **query: object) -> dict[str, Any]:
        """Removes something."""
        return self._ask("DELETE", path, query, None, 0.0)

    def _ask(
        self, method: str, path: str, query: dict[str, object], content: dict[str, Any] | None, wait: float
    ) -> dict[str, Any]:
        encoded = f"?{urllib.parse.urlencode(query)}" if query else ""
        request = urllib.request.Request(f"{self._url}/_sandbox/{path}{encoded}", method=method)
        if content is not None:
            request.data = json.dumps(content).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=PATIENCE + wait) as response:
                return _content(response.read())
        except urllib.error.HTTPError as error:
            with error:
                answer = _content(error.read())
            if error.code == HTTPStatus.NOT_FOUND and answer.get("error") == "timeout":
                raise TimedOutError(answer) from None
            # Whatever else listens there may refuse in the words of the provider.
            said = answer.get("error") or answer.get("message") or f"HTTP {error.code}"
            raise SandboxError(f"the sandbox refused {method} /_sandbox/{path}: {said}") from None
        except OSError as error:
            raise SandboxError(f"the sandbox at {self._url} does not answer: {error}") from None


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
