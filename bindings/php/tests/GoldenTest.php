<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\Internal\Loader;
use ShoutoutOtp\SendResponse;
use ShoutoutOtp\SendResult;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\GoldenRow;
use ShoutoutOtp\Tests\Support\Process;
use ShoutoutOtp\VerifyOutcome;
use ShoutoutOtp\VerifyResult;

/**
 * The table that every language runs: see tests/golden/README.md.
 */
final class GoldenTest extends TestCase
{
    private static Process $service;
    private static string $url;

    public static function setUpBeforeClass(): void
    {
        self::$service = new Process([Artefact::goldenService(), Artefact::root() . '/tests/golden']);
        self::$url = self::$service->readJson()['url'];
    }

    /** Nothing reached the service that should not have: it says so when it ends. */
    public static function tearDownAfterClass(): void
    {
        self::assertSame(0, self::$service->finish(), self::$service->output());
        self::assertStringEndsWith("{\"unexpected\":[]}\n", self::$service->output());
    }

    /** @dataProvider refusals */
    public function testRefusal(GoldenRow $row): void
    {
        $e = self::failureOf(match ($row->fields['call']) {
            'send' => fn () => self::send($row),
            'verify' => fn () => self::verify($row),
            'client' => fn () => self::client($row),
        });

        // The row's reference_id is an input, and no expectation.
        $expected = array_diff_key($row->fields, GoldenRow::DEFAULTS, ['call' => 0]);
        self::assertFailure(['delivery' => 'NOT_SENT', 'http_status' => 0, 'attempts' => 0] + $expected, $e);
        self::assertNoSecret($row, self::allThatIsShown($e));
    }

    /** @dataProvider options */
    public function testOptions(GoldenRow $row): void
    {
        $make = $row->setsAnOptionTwice()
            ? fn () => self::callSetters($row)
            : fn () => new Client($row->text('api_key'), $row->options(null), Artefact::library());

        if ($row->fields['status'] === 'SHOUTOUT_OK') {
            self::assertIsObject($make());
        } else {
            $e = self::failureOf($make);
            self::assertFailure(array_diff_key($row->fields, ['set' => 0]), $e);
            self::assertNoSecret($row, self::allThatIsShown($e));
        }
    }

    /** @dataProvider sends */
    public function testSend(GoldenRow $row): void
    {
        if (isset($row->fields['error'])) {
            $e = self::failureOf(fn () => self::send($row));
            self::assertFailure($row->fields['error'] + ['attempts' => 1], $e);
            self::assertNoSecret($row, self::allThatIsShown($e));
        } else {
            $result = self::send($row);
            self::assertFields($row->fields['result'] + ['attempts' => 1], self::sendFields($result));
            $shown = print_r($result, true) . $result->status . $result->description;
            // The service's ids are passed on as they came.
            $ids = [$result->referenceId, ...array_column($result->responses, 'referenceId')];
            self::assertNoSecret($row, str_replace($ids, '…', $shown));
        }
    }

    /** @dataProvider verifications */
    public function testVerify(GoldenRow $row): void
    {
        if (isset($row->fields['error'])) {
            $e = self::failureOf(fn () => self::verify($row));
            self::assertFailure($row->fields['error'] + ['attempts' => 1], $e);
            self::assertNoSecret($row, self::allThatIsShown($e));
        } else {
            $result = self::verify($row);
            self::assertFields($row->fields['result'], self::verifyFields($result));
            self::assertNoSecret($row, str_replace($result->referenceId, '…', print_r($result, true)));
        }
    }

    /** @return iterable<string, array{GoldenRow}> */
    public function refusals(): iterable
    {
        return GoldenRow::of('refusals.json');
    }

    /** @return iterable<string, array{GoldenRow}> */
    public function options(): iterable
    {
        return GoldenRow::of('options.json');
    }

    /** @return iterable<string, array{GoldenRow}> */
    public function sends(): iterable
    {
        return GoldenRow::of('send.json');
    }

    /** @return iterable<string, array{GoldenRow}> */
    public function verifications(): iterable
    {
        return GoldenRow::of('verify.json');
    }

    private static function client(GoldenRow $row): Client
    {
        $options = $row->options(self::$url . '/' . $row->fields['name']);

        return new Client($row->text('api_key'), $options, Artefact::library());
    }

    private static function send(GoldenRow $row): SendResult
    {
        return self::client($row)->sendOtp($row->text('source'), $row->text('destination'), $row->text('content'));
    }

    private static function verify(GoldenRow $row): VerifyResult
    {
        return self::client($row)->verifyOtp($row->text('reference_id'), $row->text('code'));
    }

    /** Makes a client as a program in C would, one setter after the other. */
    private static function callSetters(GoldenRow $row): object
    {
        $library = Loader::load(Artefact::library());
        $options = $library->options();
        foreach ($row->settings() as [$name, $value]) {
            $library->call('so_options_set_' . $name, $options->pointer, $value);
        }

        return $library->create('so_client', 'so_client_new', $row->text('api_key'), $options->pointer);
    }

    private static function failureOf(callable $call): ShoutoutException
    {
        try {
            $call();
        } catch (ShoutoutException $e) {
            return $e;
        }
        self::fail('nothing was thrown');
    }

    /** @param array<string, mixed> $expected */
    private static function assertFailure(array $expected, ShoutoutException $e): void
    {
        foreach ($expected['message_has'] ?? [] as $part) {
            self::assertStringContainsString($part, $e->getMessage());
        }
        foreach ($expected['message_lacks'] ?? [] as $part) {
            $texts = $e->getMessage() . "\n" . $e->getServiceStatus() . "\n" . $e->getServiceMessage();
            self::assertStringNotContainsString($part, $texts);
        }
        unset($expected['message_has'], $expected['message_lacks'], $expected['name']);
        self::assertFields($expected, [
            'status' => Loader::load(Artefact::library())->call('so_status_name', $e->getCode()),
            'delivery' => match ($e->getDelivery()) {
                Delivery::NotSent => 'NOT_SENT',
                Delivery::Unknown => 'UNKNOWN',
            },
            'http_status' => $e->getHttpStatus() ?? 0,
            'service_status' => $e->getServiceStatus() ?? '',
            'service_message' => $e->getServiceMessage() ?? '',
            'retry_after_ms' => $e->getRetryAfterMs() ?? -1,
            'reference_id' => $e->getReferenceId() ?? '',
            'request_id' => $e->getRequestId() ?? '',
            'attempts' => $e->getAttempts(),
        ]);
    }

    /**
     * The texts of an exception, and what the frames of the package say in its
     * trace; those of the test hold the row itself.
     */
    private static function allThatIsShown(ShoutoutException $e): string
    {
        $isOurs = static fn (array $frame): bool => str_starts_with($frame['class'] ?? '', 'ShoutoutOtp\\')
            && !str_starts_with($frame['class'], 'ShoutoutOtp\\Tests\\');
        $texts = [(string) $e, $e->getMessage(), $e->getServiceStatus(), $e->getServiceMessage(), $e->getReferenceId()];

        return implode("\n", $texts) . print_r(array_filter($e->getTrace(), $isOurs), true);
    }

    private static function assertNoSecret(GoldenRow $row, string $shown): void
    {
        foreach ($row->secrets() as $secret) {
            self::assertStringNotContainsString($secret, $shown);
        }
    }

    /**
     * Compares the fields that are expected, and only those.
     *
     * @param array<string, mixed> $expected
     * @param array<string, mixed> $actual
     */
    private static function assertFields(array $expected, array $actual): void
    {
        foreach ($expected as $name => $value) {
            self::assertArrayHasKey($name, $actual);
            if ($name === 'responses') {
                self::assertCount(count($value), $actual[$name]);
                array_map(self::assertFields(...), $value, $actual[$name]);
            } else {
                self::assertSame($name === 'cost' ? (float) $value : $value, $actual[$name], $name);
            }
        }
    }

    /** @return array<string, mixed> */
    private static function sendFields(SendResult $result): array
    {
        return [
            'reference_id' => $result->referenceId,
            'request_id' => $result->requestId ?? '',
            'status' => $result->status,
            'description' => $result->description,
            'cost' => $result->cost ?? -1.0,
            'responses' => array_map(static fn (SendResponse $response): array => [
                'destination' => $response->destination,
                'reference_id' => $response->referenceId,
                'status' => $response->status,
                'cost' => $response->cost ?? -1.0,
            ], $result->responses),
            'http_status' => $result->httpStatus,
            'attempts' => $result->attempts,
        ];
    }

    /** @return array<string, mixed> */
    private static function verifyFields(VerifyResult $result): array
    {
        return [
            'verified' => $result->verified,
            'outcome' => match ($result->outcome) {
                VerifyOutcome::Verified => 'VERIFIED',
                VerifyOutcome::WrongCode => 'WRONG_CODE',
                VerifyOutcome::Expired => 'EXPIRED',
                VerifyOutcome::Refused => 'REFUSED',
            },
            'status' => $result->status,
            'description' => $result->description,
            'reference_id' => $result->referenceId,
            'request_id' => $result->requestId ?? '',
            'http_status' => $result->httpStatus,
        ];
    }
}
