<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Sandbox;

/**
 * A client goes on in a forked child, as workers that fork have it.
 */
final class ForkTest extends TestCase
{
    private static Sandbox $sandbox;

    public static function setUpBeforeClass(): void
    {
        Artefact::library();
        self::$sandbox = new Sandbox();
    }

    public static function tearDownAfterClass(): void
    {
        self::$sandbox->stop();
    }

    public function testParentAndChildrenSendWithOneClientAndEachGetsItsOwnAnswer(): void
    {
        $client = self::$sandbox->client();
        $send = static fn (string $number): bool =>
            $client->sendOtp('ShoutDEMO', $number, '{{code}}')->responses[0]->destination === $number;
        self::assertTrue($send('94771110000'), 'the parent has a warm connection');

        $children = array_map(
            fn (int $i): int => $this->fork(static fn (): bool => $send("9477111000{$i}") && $send("9477111001{$i}")),
            range(1, 4),
        );

        self::assertTrue($send('94771110020'), 'the parent sends while its children do');
        foreach ($children as $child) {
            pcntl_waitpid($child, $status);
            self::assertSame(SIGUSR1, pcntl_wtermsig($status), 'the child got other answers than its own, or none');
        }
        self::assertTrue($send('94771110021'), "the parent's connection is unharmed");
        self::assertCount(1, self::$sandbox->messages('94771110014'));
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
}
