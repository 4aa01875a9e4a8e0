<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\EchoService;

/**
 * A client goes on in a forked child, as workers that fork have it.
 */
final class ForkTest extends TestCase
{
    private const CHILDREN = 4;

    public static function setUpBeforeClass(): void
    {
        Artefact::library();
    }

    /** @return iterable<string, array{bool}> */
    public static function plainAndTls(): iterable
    {
        yield 'plain' => [false];
        yield 'TLS' => [true];
    }

    /** @dataProvider plainAndTls */
    public function testAParentItsChildrenAndTheirChildrenSendAtOnceEachOnItsOwnConnection(bool $tls): void
    {
        $service = new EchoService($tls);
        $client = $service->client();
        $send = static function (string ...$numbers) use ($client): bool {
            foreach ($numbers as $number) {
                if ($client->sendOtp('ShoutDEMO', $number, '{{code}}')->referenceId !== "for-{$number}") {
                    return false;
                }
            }

            return true;
        };
        self::assertTrue($send('94770000000'), 'the parent has a warm connection');

        $gate = fopen(__FILE__, 'r');
        flock($gate, LOCK_EX);
        $children = array_map(fn (int $i): int => $this->fork(function () use ($send, $i): bool {
            $grandchild = $this->fork(static fn (): bool => self::gateOpens() && $send(...self::numbers(10 + $i)));

            return self::gateOpens() && $send(...self::numbers($i)) && $this->hasHeld($grandchild);
        }), range(1, self::CHILDREN));
        flock($gate, LOCK_UN);

        self::assertTrue($send(...self::numbers(0)), 'the parent sends while its children do');
        foreach ($children as $child) {
            self::assertTrue($this->hasHeld($child), 'the child or its child got another answer than its own, or none');
        }
        self::assertTrue($send('94770000001'), "the parent's connection is unharmed");

        $expected = [['94770000000', ...self::numbers(0), '94770000001']];
        foreach (range(1, self::CHILDREN) as $i) {
            array_push($expected, self::numbers($i), self::numbers(10 + $i));
        }
        self::assertEqualsCanonicalizing($expected, $service->stop(), 'each process has one connection of its own');
    }

    /** @return list<string> what this process sends to */
    private static function numbers(int $process): array
    {
        return array_map(static fn (int $i): string => sprintf('9477%03d%04d', $process, $i), range(1, 20));
    }

    /** Waits until the parent lets all begin at once. */
    private static function gateOpens(): bool
    {
        return flock(fopen(__FILE__, 'r'), LOCK_SH);
    }

    /**
     * Runs the body in a child that says by which signal it ends whether it held: SIGUSR1 if so. It ends at once, so
     * that nothing of the parent, PHPUnit among it, is shut down twice; and an alarm ends one that hangs.
     *
     * @param callable(): bool $body
     */
    private function fork(callable $body): int
    {
        $child = pcntl_fork();
        if ($child === 0) {
            pcntl_alarm(30);
            try {
                $held = $body();
            } catch (\Throwable) {
                $held = false;
            }
            posix_kill(posix_getpid(), $held ? SIGUSR1 : SIGKILL);
        }

        return $child;
    }

    /** Waits for the child. */
    private function hasHeld(int $child): bool
    {
        pcntl_waitpid($child, $status);

        return pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGUSR1;
    }
}
