<?php

// Who is measured: each does what an application would. It writes the JSON and reads the reference id from the answer.

declare(strict_types=1);

use GuzzleHttp\Client as Guzzle;
use ShoutoutOtp\Client;
use ShoutoutOtp\Options;

require __DIR__ . '/../../bindings/php/autoload.php';

const API_KEY = 'bench.api.key';
const SOURCE = 'ShoutDEMO';
const DESTINATION = '94771234567';
const CONTENT = 'Your code is {{code}}';
const BODY = [
    'source' => SOURCE,
    'transport' => 'sms',
    'content' => ['sms' => CONTENT],
    'destination' => DESTINATION,
];
const TIMEOUT_SECONDS = 30;

/**
 * All keep their connection but "curl, new handle", which is what a PHP request makes of curl: a handle of its own.
 *
 * @return Closure(): string one send, which gives its reference id
 */
function sendOf(string $peer, string $baseUrl, string $caFile): Closure
{
    return match ($peer) {
        'shoutout_otp' => shoutoutOtp($baseUrl, $caFile),
        'shoutout_otp, new client' => shoutoutOtpNewClient($baseUrl, $caFile),
        'curl, reused handle' => curlReusedHandle($baseUrl, $caFile),
        'curl, new handle' => curlNewHandle($baseUrl, $caFile),
        'guzzle' => guzzle($baseUrl, $caFile),
    };
}

function shoutoutOtp(string $baseUrl, string $caFile): Closure
{
    $client = new Client(API_KEY, new Options(baseUrl: $baseUrl, caFile: $caFile));
    return static fn (): string => $client->sendOtp(SOURCE, DESTINATION, CONTENT)->referenceId;
}

/** A client for each send, as for each PHP request; the library's connection outlives it. */
function shoutoutOtpNewClient(string $baseUrl, string $caFile): Closure
{
    return static fn (): string => shoutoutOtp($baseUrl, $caFile)();
}

function curlHandle(string $baseUrl, string $caFile): CurlHandle
{
    $handle = curl_init("$baseUrl/send");
    curl_setopt_array($handle, [
        CURLOPT_CAINFO => $caFile,
        CURLOPT_HTTPHEADER => ['Authorization: Apikey ' . API_KEY, 'Content-Type: application/json'],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => TIMEOUT_SECONDS,
        CURLOPT_NOPROXY => '*',
    ]);
    return $handle;
}

function postWith(CurlHandle $handle): string
{
    curl_setopt($handle, CURLOPT_POSTFIELDS, json_encode(BODY, JSON_THROW_ON_ERROR));
    $answer = curl_exec($handle);
    if (curl_getinfo($handle, CURLINFO_RESPONSE_CODE) !== 200) {
        throw new RuntimeException('curl: ' . curl_error($handle));
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR)['referenceId'];
}

function curlReusedHandle(string $baseUrl, string $caFile): Closure
{
    $handle = curlHandle($baseUrl, $caFile);
    return static fn (): string => postWith($handle);
}

function curlNewHandle(string $baseUrl, string $caFile): Closure
{
    return static fn (): string => postWith(curlHandle($baseUrl, $caFile));
}

function guzzle(string $baseUrl, string $caFile): Closure
{
    require_once 'GuzzleHttp/autoload.php';
    $guzzle = new Guzzle([
        'verify' => $caFile,
        'timeout' => TIMEOUT_SECONDS,
        'proxy' => '',
        'headers' => ['Authorization' => 'Apikey ' . API_KEY],
    ]);
    return static function () use ($guzzle, $baseUrl): string {
        $answer = $guzzle->post("$baseUrl/send", ['json' => BODY]);
        return json_decode((string) $answer->getBody(), true, flags: JSON_THROW_ON_ERROR)['referenceId'];
    };
}

function cpuMicroseconds(): float
{
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1e6
        + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'];
}
