<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\ConfigurationException;
use ShoutoutOtp\Exception\ConnectFailedException;
use ShoutoutOtp\Exception\InvalidApiKeyException;
use ShoutoutOtp\Exception\InvalidDestinationException;
use ShoutoutOtp\Exception\RejectedException;
use ShoutoutOtp\Exception\TimeoutException;
use ShoutoutOtp\Options;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Environment;
use ShoutoutOtp\Tests\Support\Process;
use ShoutoutOtp\VerifyOutcome;

/**
 * Stories, told against the sandbox.
 */
final class ClientTest extends TestCase
{
    private static Sandbox $sandbox;

    public static function setUpBeforeClass(): void
    {
        Artefact::library();
        self::$sandbox = new Sandbox(Artefact::sandbox());
    }

    public static function tearDownAfterClass(): void
    {
        self::$sandbox->stop();
    }

    public function testAnOtpIsSentInSinhalaAndVerified(): void
    {
        $client = self::client();

        $sent = $client->sendOtp('ShoutDEMO', '+94 77 000 0001', "ඔබගේ කේතය {{code}} වේ.\nකිසිවෙකුට නොකියන්න 🔑");
        $sms = self::$sandbox->messages('94770000001')[0];
        $answer = $client->verifyOtp($sent->referenceId, $sms->code);

        self::assertSame("ඔබගේ කේතය {$sms->code} වේ.\nකිසිවෙකුට නොකියන්න 🔑", $sms->text);
        self::assertSame($sms->referenceId, $sent->referenceId);
        self::assertSame('1001', $sent->status);
        self::assertSame(1.0, $sent->cost);
        self::assertSame('94770000001', $sent->responses[0]->destination);
        self::assertSame(200, $sent->httpStatus);
        self::assertSame(1, $sent->attempts);
        self::assertGreaterThan(0, $sent->elapsedUs);
        self::assertSame($sent->referenceId, json_decode($sent->json, true)['referenceId']);
        self::assertTrue($answer->verified);
        self::assertSame(VerifyOutcome::Verified, $answer->outcome);
        self::assertSame($sent->referenceId, $answer->referenceId);
    }

    public function testAWrongCodeIsAnAnswerAndTheRightOneStillCounts(): void
    {
        $client = self::client();
        $sent = $client->sendOtp('ShoutDEMO', '94770000002', 'Your code is {{code}}');

        $wrong = $client->verifyOtp($sent->referenceId, 'wrong');
        $right = $client->verifyOtp($sent->referenceId, self::$sandbox->lastCode('94770000002'));

        self::assertFalse($wrong->verified);
        self::assertSame(VerifyOutcome::WrongCode, $wrong->outcome);
        self::assertTrue($right->verified);
    }

    public function testWhatTheServiceRefusesIsAnException(): void
    {
        try {
            self::client()->verifyOtp('00000000-0000-0000-0000-000000000000', '01234');
            self::fail('verified');
        } catch (RejectedException $e) {
            self::assertSame(Delivery::NotSent, $e->getDelivery());
            self::assertSame(400, $e->getHttpStatus());
            self::assertNotNull($e->getServiceMessage());
            self::assertSame(1, $e->getAttempts());
            self::assertGreaterThan(0, $e->getElapsedUs());
        }
    }

    public function testNothingWasSentWhereNobodyListens(): void
    {
        $closed = stream_socket_server('tcp://127.0.0.1:0');
        $address = (string) stream_socket_get_name($closed, false);
        fclose($closed);

        $this->expectException(ConnectFailedException::class);
        try {
            $this->clientOf($address, maxRetries: 1)->sendOtp('ShoutDEMO', '94770000003', '{{code}}');
        } catch (ConnectFailedException $e) {
            self::assertSame(Delivery::NotSent, $e->getDelivery());
            self::assertSame(2, $e->getAttempts());
            throw $e;
        }
    }

    public function testAnSmsMayBeOnItsWayWhenTheServiceFallsSilent(): void
    {
        $silent = stream_socket_server('tcp://127.0.0.1:0');
        $client = $this->clientOf((string) stream_socket_get_name($silent, false), timeoutMs: 300);

        $this->expectException(TimeoutException::class);
        try {
            $client->sendOtp('ShoutDEMO', '94770000004', '{{code}}');
        } catch (TimeoutException $e) {
            self::assertSame(Delivery::Unknown, $e->getDelivery());
            self::assertSame(1, $e->getAttempts());
            throw $e;
        }
    }

    /** @dataProvider placesOfTheEnvironment */
    public function testKeyAndBaseUrlComeFromTheEnvironment(callable $set): void
    {
        $restore = new Environment();
        $set('SHOUTOUT_API_KEY', Sandbox::API_KEY);
        $set('SHOUTOUT_BASE_URL', self::$sandbox->baseUrl);
        $set('SHOUTOUT_OTP_LIBRARY', Artefact::library());

        self::assertSame('1001', (new Client())->sendOtp('ShoutDEMO', '94770000005', '{{code}}')->status);
        unset($restore);
    }

    /** @return array<string, array{callable(string, string): void}> */
    public function placesOfTheEnvironment(): array
    {
        return [
            'putenv' => [static function (string $name, string $value): void {
                putenv("{$name}={$value}");
            }],
            '$_ENV' => [static function (string $name, string $value): void {
                $_ENV[$name] = $value;
            }],
            '$_SERVER' => [static function (string $name, string $value): void {
                $_SERVER[$name] = $value;
            }],
        ];
    }

    public function testWhatIsPassedGoesBeforeTheEnvironment(): void
    {
        $restore = new Environment();
        putenv('SHOUTOUT_API_KEY=not a key');
        putenv('SHOUTOUT_BASE_URL=ftp://example.com');
        putenv('SHOUTOUT_OTP_LIBRARY=/nonexistent/lib.so');

        self::assertSame('1001', self::client()->sendOtp('ShoutDEMO', '94770000006', '{{code}}')->status);
        unset($restore);
    }

    public function testAMissingKeyIsSaidWithTheVariable(): void
    {
        $restore = new Environment();
        $this->expectException(InvalidApiKeyException::class);
        $this->expectExceptionMessage('SHOUTOUT_API_KEY');

        new Client(null, null, Artefact::library());
        unset($restore);
    }

    /**
     * @dataProvider numbersBeyondUint32
     * @param array<string, int> $option
     */
    public function testANumberThatCWouldWrapIsRefused(array $option, string $name): void
    {
        $this->expectException(ConfigurationException::class);
        $this->expectExceptionMessage($name);

        new Client('key', new Options(...$option), Artefact::library());
    }

    /** @return list<array{array<string, int>, string}> */
    public function numbersBeyondUint32(): array
    {
        return [
            [['timeoutMs' => -1], 'timeout_ms'],
            [['timeoutMs' => 0x1_0000_0000 + 1000], 'timeout_ms'],
            [['connectTimeoutMs' => PHP_INT_MAX], 'connect_timeout_ms'],
            [['maxRetries' => 0x1_0000_0001], 'max_retries'],
            [['maxRetries' => PHP_INT_MIN], 'max_retries'],
        ];
    }

    public function testAClientIsNeitherClonedNorSerialised(): void
    {
        $client = self::client();
        $refused = 0;
        $attempts = [
            static fn () => clone $client,
            static fn () => serialize($client),
            static fn () => unserialize('O:18:"ShoutoutOtp\Client":0:{}'),
        ];
        foreach ($attempts as $attempt) {
            try {
                $attempt();
            } catch (\LogicException $e) {
                self::assertStringContainsString('Client cannot be ', $e->getMessage());
                $refused++;
            }
        }

        self::assertSame(3, $refused);
        self::assertSame('1001', $client->sendOtp('ShoutDEMO', '94770000007', '{{code}}')->status);
    }

    public function testAClientIsUsedOnBothSidesOfAFork(): void
    {
        $script = __DIR__ . '/fixtures/fork.php';
        $fork = Process::php([$script, self::$sandbox->baseUrl, '94770000008'], [
            'SHOUTOUT_OTP_LIBRARY' => Artefact::library(),
        ]);

        self::assertSame(0, $fork->finish(), $fork->output());
        self::assertCount(4, self::$sandbox->messages('94770000008'), $fork->output());
    }

    /** Thousands of clients and errors must not stay behind: each is some hundred bytes. */
    public function testEveryHandleIsGivenBack(): void
    {
        $use = static function (): void {
            try {
                (new Client('key', new Options(), Artefact::library()))->sendOtp('ShoutDEMO', '077', '{{code}}');
            } catch (InvalidDestinationException) {
            }
            try {
                new Client('not a key', null, Artefact::library());
            } catch (InvalidApiKeyException) {
            }
        };
        $resident = static function (): int {
            preg_match('/^VmRSS:\s+(\d+) kB$/m', Artefact::read('/proc/self/status'), $found);

            return (int) $found[1];
        };

        for ($i = 0; $i < 2_000; $i++) {
            $use();
        }
        $before = $resident();
        for ($i = 0; $i < 20_000; $i++) {
            $use();
        }

        self::assertLessThan(1024, $resident() - $before, 'kB more than before');
    }

    private static function client(): Client
    {
        return new Client(Sandbox::API_KEY, new Options(baseUrl: self::$sandbox->baseUrl), Artefact::library());
    }

    private function clientOf(string $address, ?int $timeoutMs = null, ?int $maxRetries = null): Client
    {
        $options = new Options(baseUrl: 'http://' . $address, timeoutMs: $timeoutMs, maxRetries: $maxRetries);

        return new Client('key', $options, Artefact::library());
    }
}
