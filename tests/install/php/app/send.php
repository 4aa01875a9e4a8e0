<?php

// Sends and verifies against the package's own sandbox, with nothing configured, and says which library did it.

declare(strict_types=1);

use ShoutoutOtp\Client;
use ShoutoutOtp\Options;
use ShoutoutOtp\Testing\Sandbox;

require __DIR__ . '/vendor/autoload.php';

$sandbox = new Sandbox();
$client = new Client(Sandbox::API_KEY, new Options(baseUrl: $sandbox->baseUrl));
$sent = $client->sendOtp('ShoutDEMO', '+94771234567', 'Your code is {{code}}');
$verified = $client->verifyOtp($sent->referenceId, $sandbox->lastCode('+94771234567'))->verified;

echo json_encode(['verified' => $verified, 'library' => $client->jsonSerialize()['library']]), "\n";
exit($verified ? 0 : 1);
