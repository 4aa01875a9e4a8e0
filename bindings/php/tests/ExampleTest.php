<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Process;

/**
 * The example is what users copy: it has to work as it stands.
 */
final class ExampleTest extends TestCase
{
    public function testTheRightCodeIsVerified(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $example = $this->start($sandbox->baseUrl, '+94 77 123 4567', 'ඔබගේ කේතය {{code}} වේ');
        $sent = $example->readUntil('code: ');
        $sms = $sandbox->waitForSms('94771234567', timeout: 30);
        $example->write($sms->code . "\n");

        self::assertSame("sent {$sms->referenceId}\ncode: ", $sent);
        self::assertSame(0, $example->finish(), $example->output());
        self::assertStringEndsWith("code: verified\n", $example->output());
    }

    public function testAWrongCodeIsNotVerified(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $example = $this->start($sandbox->baseUrl, '94771234567');
        $example->write("wrong\n");

        self::assertSame(1, $example->finish(), $example->output());
        self::assertStringEndsWith("code: not verified: wrong code, try again\n", $example->output());
    }

    public function testALocalNumberIsRefused(): void
    {
        $example = $this->start('http://127.0.0.1:9', '0771234567');

        self::assertSame(2, $example->finish());
        self::assertStringContainsString('E.164', $example->output());
        self::assertStringNotContainsString('wait', $example->output());
    }

    public function testAnSmsThatMayBeOnItsWayIsSaid(): void
    {
        $service = stream_socket_server('tcp://127.0.0.1:0');
        $example = $this->start('http://' . stream_socket_get_name($service, false), '94771234567');
        $connection = stream_socket_accept($service, 30);
        $request = '';
        while (!str_ends_with($request, '}')) {
            $request .= fread($connection, 8192);
        }
        fclose($connection);

        self::assertSame(2, $example->finish());
        self::assertStringContainsString('wait a minute before you send another', $example->output());
    }

    private function start(string $baseUrl, string ...$arguments): Process
    {
        $script = Artefact::root() . '/examples/php/send_and_verify.php';

        return new Process([PHP_BINARY, $script, ...$arguments], [
            'SHOUTOUT_API_KEY' => Sandbox::API_KEY,
            'SHOUTOUT_BASE_URL' => $baseUrl,
            'SHOUTOUT_OTP_LIBRARY' => Artefact::library(),
        ]);
    }
}
