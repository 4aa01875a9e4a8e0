"""Sends an OTP and verifies the code that the user types:  send_and_verify.py DESTINATION [CONTENT].

The API key comes from SHOUTOUT_API_KEY; SHOUTOUT_BASE_URL may name a sandbox.
"""

from __future__ import annotations

import sys

from shoutout_otp import Client, Delivery, ShoutoutError, VerifyOutcome

WORDS = {
    VerifyOutcome.VERIFIED: "verified",
    VerifyOutcome.WRONG_CODE: "not verified: wrong code, try again",
    VerifyOutcome.EXPIRED: "not verified: expired, ask for a new code",
    VerifyOutcome.REFUSED: "not verified: refused, ask for a new code",
}


def send_and_verify(destination: str, content: str = "Your code is {{code}}") -> bool:
    """Whether the user typed the code that was sent to the number."""
    with Client() as client:
        sent = client.send_otp(source="ShoutDEMO", destination=destination, content=content)
        print(f"sent {sent.reference_id}", flush=True)

        print("code: ", end="", flush=True)
        code = sys.stdin.readline().strip()
        checked = client.verify_otp(reference_id=sent.reference_id, code=code)
        print(WORDS[checked.outcome])
        return checked.verified


def main() -> int:
    """Exit status: 0 verified, 1 not verified, 2 an error."""
    if len(sys.argv) not in (2, 3):
        print("usage: send_and_verify DESTINATION [CONTENT]", file=sys.stderr)
        return 2
    try:
        return 0 if send_and_verify(*sys.argv[1:]) else 1
    except ShoutoutError as error:
        print(error, file=sys.stderr)
        if error.delivery is Delivery.UNKNOWN:
            print("An SMS may have gone out: wait a minute before you send another.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
