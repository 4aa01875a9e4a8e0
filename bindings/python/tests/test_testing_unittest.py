"""A sandbox in the runner of unittest, as the README shows it."""

from __future__ import annotations

import unittest

from shoutout_otp import Client
from shoutout_otp.testing import Sandbox


class LoginTest(unittest.TestCase):
    sandbox: Sandbox
    client: Client

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.client = Client(Sandbox.API_KEY, base_url=cls.sandbox.base_url)

    def setUp(self) -> None:
        self.sandbox.reset()

    def test_the_code_of_the_sms_is_verified(self) -> None:
        sent = self.client.send_otp(source="ShoutDEMO", destination="94771234567", content="Your code is {{code}}")

        assert self.client.verify_otp(reference_id=sent.reference_id, code=self.sandbox.last_code("94771234567"))

    def test_each_test_has_an_inbox_of_its_own(self) -> None:
        self.client.send_otp(source="ShoutDEMO", destination="94771234567", content="Your code is {{code}}")

        assert len(self.sandbox.messages()) == 1
