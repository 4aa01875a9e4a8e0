"""`make demo`: an OTP sent and verified from C, C++, Python and PHP, through one shared library, against a sandbox.

Each language runs its example, the program that its README shows. The code is read from the sandbox, where a user
would read it from the phone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from support import Example, NothingSentError, Sandbox, all_examples, finish, sms_of

CONTENTS = {
    "C": "Your code is {{code}}",
    "C++": "ඔබේ කේතය {{code}} වේ",
    "Python": "உங்கள் குறியீடு {{code}}",
    "PHP": "Kode Anda: {{code}} 🔑",
}


def show(example: Example, sandbox: Sandbox, destination: str) -> bool:
    """Sends and verifies from one language, and prints a row of the table."""
    process = example.start(sandbox.base_url, destination, CONTENTS[example.language])
    try:
        sms = sms_of(process, destination, sandbox)
    except NothingSentError as error:
        print(f"{example.language:<8} {destination:<15} FAILED: {error}", flush=True)
        return False
    outcome = finish(process, sms.code)
    said = outcome.output.splitlines()[-1].removeprefix("code: ") if outcome.output else outcome.errors.strip()
    print(f"{example.language:<8} {destination:<15} {said:<10} {sms.reference_id}  {sms.text}", flush=True)
    return outcome.exit_status == 0


def main() -> int:
    release = Path(sys.argv[1]).resolve()
    examples = all_examples(release)
    with Sandbox(release / "shoutout-sandbox") as sandbox:
        print(f"\nA local ShoutOUT listens at {sandbox.url}; nothing leaves this machine.\n")
        print(f"{'from':<8} {'to':<15} {'outcome':<10} {'reference id':<36}  SMS as received")
        results = [show(example, sandbox, f"+9477123456{i}") for i, example in enumerate(examples)]
    print(f"\n{sum(results)} of {len(results)} languages sent an OTP and verified it; the sandbox is stopped.")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
