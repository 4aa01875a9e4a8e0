<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Process;

/**
 * The trait in the PHPUnit of an application.
 */
final class SandboxTraitTest extends TestCase
{
    private const ENVIRONMENT = ['SHOUTOUT_API_KEY' => 'a.real.key'];

    public function testEachTestHasACleanSandboxAndTheClassOneThatIsStoppedAfterIt(): void
    {
        $run = $this->phpunit([
            'SHOUTOUT_SANDBOX_BIN' => Artefact::sandbox(),
            'SHOUTOUT_OTP_LIBRARY' => Artefact::library(),
        ]);

        self::assertSame(0, $run->finish(), $run->output());
        self::assertStringContainsString('OK (7 tests', $run->output());
    }

    public function testWithoutASandboxItsTestsFailAndSayWhereItWasLookedFor(): void
    {
        $run = $this->phpunit(['SHOUTOUT_SANDBOX_BIN' => '/nowhere/sandbox'], '--filter', 'FirstUser');

        self::assertSame(2, $run->finish());
        self::assertStringContainsString('/nowhere/sandbox (SHOUTOUT_SANDBOX_BIN): no such file', $run->output());
        self::assertStringContainsString('Tests: 5, Assertions: 0, Errors: 5.', $run->output());
    }

    /** @param array<string, string> $environment */
    private function phpunit(array $environment, string ...$options): Process
    {
        $phpunit = (string) realpath($_SERVER['argv'][0]);
        $command = [$phpunit, '--no-configuration', '--bootstrap', dirname(__DIR__) . '/autoload.php', ...$options];

        return Process::php(
            ['-d', 'variables_order=GPCS', ...$command, '--test-suffix', 'User.php', __DIR__ . '/fixtures/trait'],
            $environment + self::ENVIRONMENT,
        );
    }
}
