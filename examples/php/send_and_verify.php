<?php

// Sends an OTP and verifies the code that the user types.
//
//     php send_and_verify.php DESTINATION [CONTENT]
//
// The API key comes from SHOUTOUT_API_KEY; SHOUTOUT_BASE_URL may name a sandbox.

declare(strict_types=1);

// In an application of yours: require 'vendor/autoload.php';
require __DIR__ . '/../../bindings/php/autoload.php';

use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\VerifyOutcome;

if ($argc < 2 || $argc > 3) {
    fwrite(STDERR, "usage: send_and_verify DESTINATION [CONTENT]\n");
    exit(2);
}

try {
    $client = new Client();

    $sent = $client->sendOtp('ShoutDEMO', $argv[1], $argv[2] ?? 'Your code is {{code}}');
    echo "sent {$sent->referenceId}\n";

    echo 'code: ';
    flush();
    $answer = $client->verifyOtp($sent->referenceId, trim((string) fgets(STDIN)));
} catch (ShoutoutException $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    if ($e->getDelivery() === Delivery::Unknown) {
        fwrite(STDERR, "An SMS may have gone out: wait a minute before you send another.\n");
    }
    exit(2);
}

echo match ($answer->outcome) {
    VerifyOutcome::Verified => "verified\n",
    VerifyOutcome::WrongCode => "not verified: wrong code, try again\n",
    VerifyOutcome::Expired => "not verified: expired, ask for a new code\n",
    VerifyOutcome::Refused => "not verified: refused, ask for a new code\n",
};
exit($answer->verified ? 0 : 1);
