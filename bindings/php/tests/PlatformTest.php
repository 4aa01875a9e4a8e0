<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Internal\Platform;
use ShoutoutOtp\Tests\Support\Process;

final class PlatformTest extends TestCase
{
    public function testItIsNamedByKernelProcessorAndCLibrary(): void
    {
        $isGlibc = (new Process(['getconf', 'GNU_LIBC_VERSION']))->finish() === 0;

        self::assertSame('linux-' . php_uname('m') . ($isGlibc ? '-gnu' : '-musl'), Platform::name());
    }

    public function testWhereFfiIsOffItIsTakenForTheUsualOne(): void
    {
        $show = 'require $argv[1]; echo ShoutoutOtp\Internal\Platform::name();';
        $autoload = dirname(__DIR__) . '/autoload.php';

        foreach ([['-d', 'ffi.enable=0'], ['-n']] as $off) {
            $name = Process::php([...$off, '-r', $show, $autoload])->output();
            self::assertSame('linux-' . php_uname('m') . '-gnu', $name);
        }
    }
}
