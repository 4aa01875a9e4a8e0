<?php

declare(strict_types=1);

namespace Tests;

use App\Login;
use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Testing\SandboxTrait;

/**
 * Tests of the login in `Login.php`, against a sandbox.
 */
final class LoginTest extends TestCase
{
    use SandboxTrait;

    private const NUMBER = '+94771234567';

    private \ArrayObject $session;
    private Login $login;

    protected function setUp(): void
    {
        $this->session = new \ArrayObject();
        // In Laravel, where the container makes both: $this->app->make(Login::class)
        $this->login = new Login(new Client(), $this->session);
    }

    public function testTheCodeOfTheSmsLetsTheUserInOnce(): void
    {
        self::assertSame('We have sent you a code.', $this->login->requestCode(self::NUMBER));
        $code = self::sandbox()->lastCode(self::NUMBER);

        self::assertSame('That code is wrong.', $this->login->checkCode('wrong'));
        self::assertArrayNotHasKey('user', $this->session);

        self::assertSame('Welcome!', $this->login->checkCode($code));
        self::assertArrayHasKey('user', $this->session);

        self::assertNotSame('Welcome!', $this->login->checkCode($code));
    }

    public function testACodeThatHasExpiredLetsNobodyIn(): void
    {
        $this->login->requestCode(self::NUMBER);
        self::sandbox()->clock()->advance(seconds: 3600);

        $code = self::sandbox()->lastCode(self::NUMBER);
        self::assertStringContainsString('expired', $this->login->checkCode($code));
        self::assertArrayNotHasKey('user', $this->session);
    }

    public function testAnSmsWhoseAnswerWasLostIsNotSentAgainAndTheUserIsToldToWait(): void
    {
        self::sandbox()->faults()->answerLost(to: self::NUMBER);

        self::assertStringContainsString('wait a minute', $this->login->requestCode(self::NUMBER));
        self::assertCount(1, self::sandbox()->messages(self::NUMBER));
        $code = self::sandbox()->lastCode(self::NUMBER);
        self::assertSame('Please ask for a new code.', $this->login->checkCode($code));
    }

    public function testACodeWhoseAnswerWasLostIsNotCheckedAgainstAnEarlierSms(): void
    {
        $this->login->requestCode(self::NUMBER);
        self::sandbox()->faults()->answerLost(to: self::NUMBER);
        $this->login->requestCode(self::NUMBER);

        foreach (self::sandbox()->messages(self::NUMBER) as $sms) {
            self::assertSame('Please ask for a new code.', $this->login->checkCode($sms->code));
        }
        self::assertArrayNotHasKey('user', $this->session);
    }

    public function testACodeLetsTheUserInIfAtLeastTheReferenceIdCameThrough(): void
    {
        $this->login->requestCode(self::NUMBER);
        $answer = (string) json_encode(['referenceId' => $this->session['otp']]);
        self::sandbox()->faults()->answer(status: 500, body: $answer);

        self::assertStringContainsString('wait a minute', $this->login->requestCode(self::NUMBER));
        self::assertSame('Welcome!', $this->login->checkCode(self::sandbox()->lastCode(self::NUMBER)));
    }

    public function testACodeThatCouldNotBeCheckedLetsTheUserInAsSoonAsItCan(): void
    {
        $this->login->requestCode(self::NUMBER);
        $code = self::sandbox()->lastCode(self::NUMBER);
        self::sandbox()->faults()->answer(status: 503);

        self::assertStringContainsString('try again', $this->login->checkCode($code));
        self::assertArrayNotHasKey('user', $this->session);
        self::assertSame('Welcome!', $this->login->checkCode($code));
    }
}
