<?php

declare(strict_types=1);

namespace App;

use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\InvalidInputException;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\VerifyOutcome;

/**
 * A login by SMS as a web application has it; `LoginTest` shows how to test it.
 */
final class Login
{
    /** @param \ArrayObject<string, string> $session the framework's, on the server */
    public function __construct(private readonly Client $client, private readonly \ArrayObject $session)
    {
    }

    /** Sends a code, and returns what to tell the user. */
    public function requestCode(string $number): string
    {
        unset($this->session['otp']); // the code of an earlier SMS is not the one that is asked for now
        try {
            $this->session['otp'] = $this->client->sendOtp('ShoutDEMO', $number, 'Your code is {{code}}')->referenceId;
        } catch (ShoutoutException $e) {
            if ($e->getDelivery() === Delivery::NotSent) {
                return 'We cannot send a code at the moment. Please try again.';
            }
            if ($e->getReferenceId() !== null) { // the code can be verified all the same
                $this->session['otp'] = $e->getReferenceId();
            }

            return 'A code may be on its way. Please wait a minute before you ask for another.';
        }

        return 'We have sent you a code.';
    }

    /** Lets the user in, or returns the reason why not. */
    public function checkCode(string $code): string
    {
        if (!isset($this->session['otp'])) { // nothing was sent, or nobody knows under which reference id
            return 'Please ask for a new code.';
        }
        try {
            $checked = $this->client->verifyOtp($this->session['otp'], $code);
        } catch (InvalidInputException) {
            return 'Please type the code from the SMS.';
        } catch (ShoutoutException) {
            return 'We cannot check your code at the moment. Please try again.';
        }
        if ($checked->verified) {
            $this->session['user'] = 'the one with this number';
        }

        return match ($checked->outcome) {
            VerifyOutcome::Verified => 'Welcome!',
            VerifyOutcome::WrongCode => 'That code is wrong.',
            VerifyOutcome::Expired => 'That code has expired. Please ask for a new one.',
            VerifyOutcome::Refused => 'That code is not valid any more. Please ask for a new one.',
        };
    }
}
