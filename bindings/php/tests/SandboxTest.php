<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\ConnectionLostException;
use ShoutoutOtp\Exception\RateLimitedException;
use ShoutoutOtp\Exception\ServiceFailedException;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\Exception\TimeoutException;
use ShoutoutOtp\Exception\UnexpectedResponseException;
use ShoutoutOtp\Options;
use ShoutoutOtp\Testing\Fault;
use ShoutoutOtp\Testing\Faults;
use ShoutoutOtp\Testing\Internal\Control;
use ShoutoutOtp\Testing\NoSmsException;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Testing\SandboxException;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Json;
use ShoutoutOtp\Tests\Support\Process;
use ShoutoutOtp\VerifyOutcome;

/**
 * The sandbox for applications' tests: the SMS, the faults, the clock.
 */
final class SandboxTest extends TestCase
{
    private const NUMBER = '94771234567';
    private const OTHER = '94777654321';

    private static Sandbox $sandbox;

    private Client $client;

    public static function setUpBeforeClass(): void
    {
        self::$sandbox = new Sandbox(Artefact::sandbox());
    }

    public static function tearDownAfterClass(): void
    {
        self::$sandbox->stop();
    }

    protected function setUp(): void
    {
        self::$sandbox->reset();
        $this->client = self::client(30_000);
    }

    public function testTheLastCodeIsThatOfTheNewestSmsToTheNumber(): void
    {
        $this->send();
        $newest = $this->send();
        $this->send(self::OTHER);

        $code = self::$sandbox->lastCode('+94 77 123 4567');
        self::assertTrue($this->client->verifyOtp($newest, $code)->verified);
    }

    public function testANumberWithoutAnSmsIsToldWithWhatCameInstead(): void
    {
        $there = fn (): string => self::$sandbox->lastCode(self::NUMBER);
        self::assertSame('There is no SMS to 94771234567. The inbox is empty.', self::refusal($there));

        $this->send(self::OTHER);
        self::assertStringContainsString('The inbox holds 1, newest first to: 94777654321', self::refusal($there));
    }

    public function testAnSmsIsToldInFull(): void
    {
        $referenceId = $this->client->sendOtp('ShoutDEMO', self::NUMBER, 'කේතය {{code}}')->referenceId;
        [$sms] = self::$sandbox->messages();

        self::assertSame('කේතය ' . $sms->code, $sms->text);
        self::assertSame(self::NUMBER, $sms->destination);
        self::assertSame('ShoutDEMO', $sms->source);
        self::assertSame($referenceId, $sms->referenceId);
        self::assertSame(['UCS-2', 1, 1.0], [$sms->encoding, $sms->segments, $sms->cost]);
        self::assertSame(['pending', false, 0], [$sms->state, $sms->verified, $sms->attempts]);
        self::assertEquals($sms->expiresAt, $sms->receivedAt->modify('+240 seconds'));
        self::assertSame($this->ask('messages')['messages'][0]['received_at'], (int) $sms->receivedAt->format('Uv'));

        $this->client->verifyOtp($referenceId, 'wrong');
        $this->client->verifyOtp($referenceId, $sms->code);
        [$sms] = self::$sandbox->messages(self::NUMBER);
        self::assertSame(['verified', true, 2], [$sms->state, $sms->verified, $sms->attempts]);
    }

    public function testNoDumpOfAnSmsShowsItsCodeOrTheWholeNumber(): void
    {
        $this->client->sendOtp('ShoutDEMO', self::NUMBER, 'canary {{code}}');
        [$sms] = self::$sandbox->messages();

        foreach ([print_r($sms, true), (string) json_encode($sms)] as $dump) {
            $dump = str_replace($sms->referenceId, '', $dump);
            self::assertStringNotContainsString($sms->code, $dump);
            self::assertStringNotContainsString('canary', $dump);
            self::assertStringNotContainsString(self::NUMBER, $dump);
            self::assertStringContainsString('*********67', $dump);
        }
    }

    public function testMessagesComeOldestFirstAndForOneNumberIfAsked(): void
    {
        $sent = [$this->send(), $this->send(self::OTHER), $this->send()];

        self::assertSame($sent, array_column(self::$sandbox->messages(), 'referenceId'));
        self::assertSame(
            [$sent[0], $sent[2]],
            array_column(self::$sandbox->messages('+' . self::NUMBER), 'referenceId'),
        );
    }

    public function testAWaitEndsWithTheSms(): void
    {
        $waiter = new Process(
            [PHP_BINARY, __DIR__ . '/fixtures/wait.php', self::NUMBER],
            ['SHOUTOUT_SANDBOX_BIN' => Artefact::sandbox()],
        );
        $ready = $waiter->readJson();
        do {
            $state = Json::decode((string) file_get_contents($ready['url'] . '/_sandbox/ready'));
        } while ($state['waiting'] === 0);
        $client = new Client(Sandbox::API_KEY, new Options(baseUrl: $ready['base_url']), Artefact::library());
        $sent = $client->sendOtp('ShoutDEMO', self::NUMBER, '{{code}}');

        self::assertSame(0, $waiter->finish(), $waiter->output());
        self::assertStringEndsWith("\n{$sent->referenceId}\n", $waiter->output());
    }

    public function testAnSmsThatCameBeforeTheWaitCountsAndAfterAnotherOnlyLaterOnesDo(): void
    {
        $sent = [$this->send(), $this->send()];
        $first = self::$sandbox->waitForSms(self::NUMBER);
        $second = self::$sandbox->waitForSms(self::NUMBER, after: $first);

        self::assertSame($sent, [$first->referenceId, $second->referenceId]);
        self::assertEquals($second, self::$sandbox->waitForSms(self::NUMBER, after: $first->seq));
        self::assertStringContainsString(
            "came within 0 seconds after SMS {$second->seq}",
            self::refusal(static fn () => self::$sandbox->waitForSms(self::NUMBER, timeout: 0, after: $second)),
        );
    }

    public function testAWaitInVainIsToldWithWhatCameInstead(): void
    {
        $this->send(self::OTHER);

        self::assertSame(
            'No SMS to 94771234567 came within 0.01 seconds. The inbox holds 1, newest first to: 94777654321',
            self::refusal(static fn () => self::$sandbox->waitForSms(self::NUMBER, timeout: 0.01)),
        );
    }

    /**
     * @dataProvider faults
     *
     * @param \Closure(Faults): Fault $add
     * @param class-string<ShoutoutException> $exception
     */
    public function testAFaultStrikesOnceAsItsNameSaysAndThenAllIsWell(
        \Closure $add,
        string $exception,
        ?int $httpStatus,
        int $messages,
        Delivery $delivery = Delivery::Unknown,
        int $timeoutMs = 30_000,
    ): void {
        $add(self::$sandbox->faults());
        try {
            self::client($timeoutMs)->sendOtp('ShoutDEMO', self::NUMBER, '{{code}}');
            self::fail('The fault did not strike.');
        } catch (ShoutoutException $e) {
            self::assertInstanceOf($exception, $e);
            self::assertSame($httpStatus, $e->getHttpStatus());
            self::assertSame($delivery, $e->getDelivery());
        }
        self::assertCount($messages, self::$sandbox->messages());

        $this->send();
    }

    /** @return iterable<string, array{\Closure(Faults): Fault, class-string, ?int, int}> */
    public static function faults(): iterable
    {
        $failed = ServiceFailedException::class;
        $lost = ConnectionLostException::class;
        yield 'answer' => [static fn (Faults $f) => $f->answer(status: 503, body: '{}'), $failed, 503, 0];
        yield 'rateLimited' => [
            static fn (Faults $f) => $f->rateLimited(retryAfter: 7),
            RateLimitedException::class,
            429,
            0,
            Delivery::NotSent,
        ];
        yield 'gatewayHtml' => [static fn (Faults $f) => $f->gatewayHtml(status: 504), $failed, 504, 0];
        yield 'close' => [static fn (Faults $f) => $f->close(), $lost, null, 0];
        yield 'reset' => [static fn (Faults $f) => $f->reset(), $lost, null, 0];
        foreach (['head' => null, 'body' => 200] as $before => $httpStatus) {
            yield "delay before the {$before}" => [
                static fn (Faults $f) => $f->delay(60, before: $before),
                TimeoutException::class,
                $httpStatus,
                1,
                Delivery::Unknown,
                500,
            ];
        }
        yield 'truncated' => [static fn (Faults $f) => $f->truncated(), $lost, 200, 1];
        yield 'invalidJson' => [
            static fn (Faults $f) => $f->invalidJson(),
            UnexpectedResponseException::class,
            200,
            1,
        ];
        yield 'answerLost' => [static fn (Faults $f) => $f->answerLost(), $lost, null, 1];
    }

    public function testTheWaitThatARateLimitAsksForIsTheOneGiven(): void
    {
        self::$sandbox->faults()->rateLimited(retryAfter: 7);
        try {
            $this->send();
            self::fail('The fault did not strike.');
        } catch (RateLimitedException $e) {
            self::assertSame(7000, $e->getRetryAfterMs());
        }
    }

    public function testTheBodyOfAnAnswerIsTheOneGiven(): void
    {
        self::$sandbox->faults()->answer(status: 400, body: '{"message":"insufficient credits"}');
        try {
            $this->send();
            self::fail('The fault did not strike.');
        } catch (ShoutoutException $e) {
            self::assertSame('insufficient credits', $e->getServiceMessage());
        }
    }

    public function testEveryFaultCanBeToldWhomToStrikeHowOftenAndByWhatChance(): void
    {
        $which = ['times' => 3, 'to' => self::NUMBER, 'path' => 'verify', 'probability' => 0.5];
        $faults = self::$sandbox->faults();
        $added = [
            'answer' => $faults->answer(...$which),
            'rate_limited' => $faults->rateLimited(...$which),
            'gateway_html' => $faults->gatewayHtml(...$which),
            'close' => $faults->close(...$which),
            'reset' => $faults->reset(...$which),
            'delay' => $faults->delay(1, ...$which),
            'truncated' => $faults->truncated(...$which),
            'invalid_json' => $faults->invalidJson(...$which),
            'answer_lost' => $faults->answerLost(...$which),
        ];

        $waiting = $this->waitingFaults();
        self::assertSame(array_column($added, 'id'), array_column($waiting, 'id'));
        self::assertSame(array_keys($added), array_column(array_column($waiting, 'do'), 'kind'));
        self::assertSame(array_keys($added), array_values(array_column($added, 'kind')));
        foreach ($waiting as $fault) {
            self::assertEquals($which, array_intersect_key($fault, $which));
        }
    }

    public function testAFaultStrikesOnlyTheNumberAndTheCallThatItIsFor(): void
    {
        self::$sandbox->faults()->answer(to: '+' . self::NUMBER, path: 'verify');
        $other = $this->send(self::OTHER);
        $referenceId = $this->send();

        self::assertTrue($this->client->verifyOtp($other, self::$sandbox->lastCode(self::OTHER))->verified);
        $this->expectException(ServiceFailedException::class);
        $this->client->verifyOtp($referenceId, self::$sandbox->lastCode(self::NUMBER));
    }

    public function testAFaultThatIsRemovedStrikesNobodyAndTheOthersStay(): void
    {
        $removed = self::$sandbox->faults()->close(times: 100);
        $stays = self::$sandbox->faults()->close();
        $removed->remove();
        self::assertSame([$stays->id], array_column($this->waitingFaults(), 'id'));

        self::$sandbox->faults()->clear();
        self::assertSame([], $this->waitingFaults());
    }

    public function testACodeExpiresWhenTheClockIsMovedAndAResetSetsItRight(): void
    {
        $referenceId = $this->send();
        self::$sandbox->clock()->advance(239);
        self::assertSame('pending', self::$sandbox->messages()[0]->state);
        self::$sandbox->clock()->advance(1.5);
        self::assertSame(240_500, $this->ask('clock')['moved_ms']);

        $answer = $this->client->verifyOtp($referenceId, self::$sandbox->lastCode(self::NUMBER));
        self::assertSame(VerifyOutcome::Expired, $answer->outcome);

        self::$sandbox->clock()->reset();
        self::assertSame(0, $this->ask('clock')['moved_ms']);
    }

    public function testAfterAResetNothingOfWhatWasIsLeft(): void
    {
        $this->send();
        self::$sandbox->faults()->close(times: 100);
        self::$sandbox->clock()->advance(1000);
        self::$sandbox->reset();

        self::assertSame([], self::$sandbox->messages());
        self::assertSame([], $this->waitingFaults());
        self::assertSame(0, $this->ask('clock')['moved_ms']);
    }

    public function testTheProxyOfTheDefaultContextIsNotAsked(): void
    {
        $before = stream_context_get_options(stream_context_get_default());
        stream_context_set_default(['http' => ['proxy' => 'tcp://127.0.0.1:9']]);
        try {
            self::assertSame([], self::$sandbox->messages());
        } finally {
            stream_context_set_default($before + ['http' => ['proxy' => '']]);
        }
    }

    /** @dataProvider delaysThatTheSandboxWouldNotTake */
    public function testADelayThatTheSandboxWouldNotTakeIsRefusedInSeconds(float $seconds, string $written): void
    {
        try {
            self::$sandbox->faults()->delay($seconds);
            self::fail('It was taken.');
        } catch (\InvalidArgumentException $e) {
            self::assertSame(
                "A delay takes at most 120 seconds, and no less than 0: {$written}",
                $e->getMessage(),
            );
        }
        self::assertSame([], $this->waitingFaults());
    }

    /** @return list<array{float, string}> */
    public static function delaysThatTheSandboxWouldNotTake(): array
    {
        return [[-0.001, '-0.001'], [120.001, '120.001'], [200, '200'], [INF, 'INF'], [NAN, 'NAN']];
    }

    public function testTheLongestAndTheShortestDelayAreTaken(): void
    {
        self::$sandbox->faults()->delay(120);
        self::$sandbox->faults()->delay(0);

        self::assertSame([120_000, 0], array_column(array_column($this->waitingFaults(), 'do'), 'ms'));
    }

    /** @dataProvider refusals */
    public function testWhoeverRefusesARequestTheReasonIsTold(string $answer, string $told): void
    {
        $service = new Process([PHP_BINARY, __DIR__ . '/fixtures/refusing-service.php', $answer]);
        $control = new Control($service->readJson()['url'], null);

        self::assertSame(
            "The sandbox refused POST /_sandbox/reset: {$told}",
            self::refusal(static fn () => $control->post('reset')),
        );
    }

    /** @return list<array{string, string}> */
    public static function refusals(): array
    {
        return [
            ['{"error":"in its own words","message":"in others"}', 'in its own words'],
            ['{"message":"in those of a guard"}', 'in those of a guard'],
            ['{}', 'HTTP 403'],
        ];
    }

    public function testWhatTheSandboxRefusesIsToldInItsWords(): void
    {
        self::assertMatchesRegularExpression(
            '~^The sandbox refused GET /_sandbox/messages: .*digits~',
            self::refusal(static fn () => self::$sandbox->messages('not a number')),
        );
        self::assertStringStartsWith(
            'The sandbox refused POST /_sandbox/faults: ',
            self::refusal(static fn () => self::$sandbox->faults()->answer(status: 7)),
        );
    }

    private static function client(int $timeoutMs): Client
    {
        $options = new Options(baseUrl: self::$sandbox->baseUrl, timeoutMs: $timeoutMs);

        return new Client(Sandbox::API_KEY, $options, Artefact::library());
    }

    private function send(string $number = self::NUMBER): string
    {
        return $this->client->sendOtp('ShoutDEMO', $number, 'Your code is {{code}}')->referenceId;
    }

    /** @return list<array<string, mixed>> */
    private function waitingFaults(): array
    {
        return $this->ask('faults')['faults'];
    }

    /** @return array<string, mixed> */
    private function ask(string $path): array
    {
        return Json::decode((string) file_get_contents(self::$sandbox->url . '/_sandbox/' . $path));
    }

    private static function refusal(\Closure $call): string
    {
        try {
            $call();
        } catch (SandboxException $e) {
            return $e->getMessage();
        }
        self::fail('Nothing was thrown.');
    }
}
