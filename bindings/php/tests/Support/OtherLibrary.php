<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A shared library that is not the one that a test was built for.
 */
final class OtherLibrary
{
    /** @param string ...$linked libraries that have what the source lacks; found where they lie */
    public static function compile(string $source, string $library, string ...$linked): void
    {
        $command = ['cc', '-shared', '-fPIC', '-o', $library, '-xc', '-', '-xnone', '-Wl,--no-as-needed'];
        foreach ($linked as $path) {
            array_push($command, $path, '-Wl,-rpath,' . dirname($path));
        }
        $compiler = new Process($command);
        $compiler->write($source);
        Assert::assertSame(0, $compiler->finish(), 'a C compiler is needed: ' . $compiler->output());
    }
}
