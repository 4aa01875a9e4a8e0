<?php

// A page that sends an OTP, and tells who it is and what FFI lets others do.

declare(strict_types=1);

use ShoutoutOtp\Client;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\Options;

require __DIR__ . '/vendor/autoload.php';

$told = ['pid' => getmypid(), 'uid' => posix_geteuid()];
try {
    FFI::cdef('int abs(int);');
    $told['others_may_use_ffi'] = true;
} catch (FFI\Exception) {
    $told['others_may_use_ffi'] = false;
}
try {
    $client = new Client(options: new Options(caFile: $_SERVER['CA_FILE'] ?? null));
    $told['library'] = $client->jsonSerialize()['library'];
    $told['reference_id'] = $client->sendOtp('ShoutDEMO', $_SERVER['DESTINATION'], '{{code}}')->referenceId;
} catch (ShoutoutException $e) {
    $told['error'] = $e->getMessage();
}
header('Content-Type: application/json');
echo json_encode($told);
