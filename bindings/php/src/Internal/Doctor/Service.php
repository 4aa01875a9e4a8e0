<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

use ShoutoutOtp\Client;
use ShoutoutOtp\Exception\LibraryNotLoadedException;
use ShoutoutOtp\Exception\RejectedException;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\Internal\Environment;
use ShoutoutOtp\Options;

/**
 * Whether the service answers, found out without an SMS and without cost: with
 * a key, it is asked to verify a code that was never sent, the way an
 * application would. Without one, it is asked nothing.
 *
 * @internal
 */
final class Service
{
    /** No send gives this. */
    private const REFERENCE_ID = 'shoutout-otp-doctor';
    private const CODE = '00000';

    /** HTTP statuses of an address at which nothing is, or something else. */
    private const NOTHING_THERE = [404, 405];

    public static function finding(): Finding
    {
        if (Environment::get('SHOUTOUT_API_KEY') === null) {
            return self::found(Verdict::NotChecked, 'SHOUTOUT_API_KEY is not set, and without a key nothing is asked.');
        }
        try {
            $client = new Client(options: new Options(timeoutMs: 10_000, maxRetries: 0));
            $answer = $client->verifyOtp(self::REFERENCE_ID, self::CODE);
        } catch (LibraryNotLoadedException) {
            return self::found(Verdict::NotChecked, 'Mend the fault above first.');
        } catch (RejectedException $e) {
            return in_array($e->getHttpStatus(), self::NOTHING_THERE, true)
                ? self::found(Verdict::Fault, $e->getMessage())
                : self::refused((string) ($e->getServiceMessage() ?? $e->getServiceStatus()));
        } catch (ShoutoutException $e) {
            return self::found(Verdict::Fault, $e->getMessage());
        }

        return $answer->verified
            ? self::found(Verdict::Fault, 'It verified a code that was never sent: let it decide nothing.')
            : self::refused($answer->description);
    }

    private static function refused(string $said): Finding
    {
        return self::found(
            Verdict::Ok,
            "It answered, did not object to the key, and refused a code that was never sent ({$said}).",
        );
    }

    private static function found(Verdict $verdict, string $text): Finding
    {
        return new Finding($verdict, 'service', $text);
    }
}
