"""A login by SMS as a web application has it; `test_login.py` shows how to test it.

`session` is the framework's: `request.session` in Django and Starlette, `flask.session`.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from shoutout_otp import Client, Delivery, InvalidInputError, ShoutoutError, VerifyOutcome

WORDS = {
    VerifyOutcome.VERIFIED: "Welcome!",
    VerifyOutcome.WRONG_CODE: "That code is wrong.",
    VerifyOutcome.EXPIRED: "That code has expired. Please ask for a new one.",
    VerifyOutcome.REFUSED: "That code is not valid any more. Please ask for a new one.",
}


def request_code(session: MutableMapping[str, str], number: str) -> str:
    """POST /login: sends a code, and gives what to tell the user."""
    session.pop("otp", None)  # the code of an earlier SMS is not the one that is asked for now
    try:
        with Client() as client:
            sent = client.send_otp(source="ShoutDEMO", destination=number, content="Your code is {{code}}")
    except ShoutoutError as error:
        if error.delivery is Delivery.NOT_SENT:
            return "We cannot send a code at the moment. Please try again."
        if error.reference_id:  # the code can be verified all the same
            session["otp"] = error.reference_id
        return "A code may be on its way. Please wait a minute before you ask for another."
    session["otp"] = sent.reference_id
    return "We have sent you a code."


def check_code(session: MutableMapping[str, str], code: str) -> str:
    """POST /login/code: lets the user in, or gives the reason why not."""
    if "otp" not in session:  # nothing was sent, or nobody knows under which reference id
        return "Please ask for a new code."
    try:
        with Client() as client:
            checked = client.verify_otp(reference_id=session["otp"], code=code)
    except InvalidInputError:
        return "Please type the code from the SMS."
    except ShoutoutError:
        return "We cannot check your code at the moment. Please try again."
    if checked.verified:
        session["user"] = "the one with this number"
    return WORDS[checked.outcome]
