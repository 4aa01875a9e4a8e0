"""The sandbox: what a test asks for the SMS, and tells to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._clock import Clock
from ._control import Control, TimedOutError
from ._errors import NoSmsError
from ._faults import Faults
from ._process import Process
from ._program import find
from ._sms import Sms, sms_from

if TYPE_CHECKING:
    from types import TracebackType

    from ._program import ProgramPath


class Sandbox:
    """A local ShoutOUT that sends nothing, on a free port of this machine.

    Starts when it is made. Use it as a context manager, or call :meth:`stop`; it also ends with
    this process, however that ends.
    """

    API_KEY = "made-up.for.tests"
    """A key for your client: the sandbox takes any. Never give it a real one."""

    url: str
    """Where a browser sees the inbox."""
    base_url: str
    """What a :class:`~shoutout_otp.Client` wants."""
    ca_file: str | None
    """With the option ``"--tls"``, what a client wants, too; gone when the sandbox is."""
    faults: Faults
    """What goes wrong next."""
    clock: Clock
    """The clock by which codes expire."""

    def __init__(self, binary: ProgramPath | None = None, *options: str) -> None:
        """Starts the sandbox, and returns when it can be used.

        Args:
            binary: Path of the program. By default ``SHOUTOUT_SANDBOX_BIN``, the file in this
                package, ``shoutout-sandbox`` on the ``PATH``.
            options: More of its command line, such as ``"--max-attempts", "3"``. The environment's
                settings, such as ``SHOUTOUT_SANDBOX_MAX_ATTEMPTS``, do not count here.

        Raises:
            SandboxNotFoundError: There is no such program; the message lists every place tried.
            SandboxError: It could not be started.
        """
        self._process = Process(find(binary), options)
        self.url = self._process.ready["url"]
        self.base_url = self._process.ready["base_url"]
        self.ca_file = self._process.ready.get("ca_file")
        self._control = Control(self.url, self.ca_file)
        self.faults = Faults(self._control)
        self.clock = Clock(self._control)

    def last_code(self, number: str) -> str:
        """The code of the newest SMS to the number, which must be there already.

        If your application sends in the background, use :meth:`wait_for_sms`.

        Raises:
            NoSmsError: There is none; the message says what came instead.
        """
        messages = self.messages(number)
        if not messages:
            raise NoSmsError(f"there is no SMS to {number}. {_inbox(self.messages())}")
        return messages[-1].code

    def wait_for_sms(self, number: str, timeout: float = 10.0, after: Sms | int = 0) -> Sms:
        """The first SMS to the number, as soon as it is there. One that came before the call counts.

        Args:
            number: Compared by its digits: ``+94 77 123 4567`` is ``94771234567``.
            timeout: Seconds, up to 120.
            after: Only those that came after this one.

        Raises:
            NoSmsError: None came in time; the message says what came instead.
        """
        seq = after.seq if isinstance(after, Sms) else after
        try:
            found = self._control.get("wait", to=number, timeout=timeout, after=seq, wait=timeout)
        except TimedOutError:
            since = f" after SMS {seq}" if seq else ""
            message = f"no SMS to {number} came within {timeout:g} seconds{since}. {_inbox(self.messages())}"
        else:
            return sms_from(found["message"])
        raise NoSmsError(message)

    def messages(self, number: str | None = None) -> list[Sms]:
        """The SMS to the number, or all, oldest first."""
        found = self._control.get("messages") if number is None else self._control.get("messages", to=number)
        return [sms_from(view) for view in found["messages"]]

    def reset(self) -> None:
        """Empties the inbox, removes every fault and sets the clock right."""
        self._control.post("reset")

    def stop(self) -> None:
        """Ends the sandbox; may be called again."""
        self._process.stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.url}>"


def _inbox(messages: list[Sms]) -> str:
    if not messages:
        return "The inbox is empty."
    newest = ", ".join(sms.destination for sms in messages[:-6:-1])
    return f"The inbox holds {len(messages)}, newest first to: {newest}"
