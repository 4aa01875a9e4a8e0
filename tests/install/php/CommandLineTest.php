<?php

declare(strict_types=1);

namespace InstallTest;

use PHPUnit\Framework\TestCase;

final class CommandLineTest extends TestCase
{
    public function testItSendsAndVerifiesWithNothingConfigured(): void
    {
        $sent = Command::run([PHP_BINARY, 'send.php']);

        self::assertSame(0, $sent->status, $sent->output);
        $told = json_decode($sent->output, true);
        self::assertTrue($told['verified']);
        self::assertStringStartsWith(Command::package() . '/lib/', $told['library']);
    }

    public function testWithoutTheLibraryItSaysWhereItWasLookedForAndWhichPlatformsThereAre(): void
    {
        $lib = Command::package() . '/lib';
        rename($lib, "{$lib}.away");
        try {
            $sent = Command::run([PHP_BINARY, '-r', 'require "vendor/autoload.php"; new ShoutoutOtp\Client("key");']);
        } finally {
            rename("{$lib}.away", $lib);
        }

        self::assertStringContainsString("{$lib}/linux-", $sent->output);
        self::assertStringContainsString('this package has the library for no platform', $sent->output);
    }
}
