<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Process;

/**
 * No dump, trace or log shows a key, a code, a full number or another secret.
 */
final class RedactionTest extends TestCase
{
    private const CANARIES = ['canary', '765432109', '76 543 2109'];

    public function testNoDumpShowsASecret(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $dumps = Process::php([
            '-d',
            'zend.exception_ignore_args=0',
            '-d',
            'zend.exception_string_param_max_len=1000000',
            __DIR__ . '/fixtures/dumps.php',
            $sandbox->baseUrl,
        ], ['SHOUTOUT_OTP_LIBRARY' => Artefact::library()]);
        $output = strtr($dumps->output(), "\0", ' ');

        self::assertSame(0, $dumps->finish(), $output);
        foreach (self::CANARIES as $canary) {
            self::assertStringNotContainsString($canary, $output);
        }
        self::assertStringContainsString('SensitiveParameterValue', $output, 'the traces had arguments');
        self::assertStringContainsString('*********09', $output, 'the number was there to be masked');
        self::assertSame(14, substr_count($output, "== exception\n"), $output);
        self::assertSame(5, substr_count($output, 'cannot be serialised'), $output);
    }
}
