<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing\Internal;

use ShoutoutOtp\Internal\Environment;
use ShoutoutOtp\Internal\Platform;
use ShoutoutOtp\Testing\SandboxNotFoundException;

/**
 * Finds the sandbox's program.
 *
 * @internal
 */
final class Program
{
    private const NAME = 'shoutout-sandbox';

    /**
     * Its absolute path. As with the C library, one that somebody named is the
     * only one tried.
     *
     * @throws SandboxNotFoundException with every place that was tried
     */
    public static function find(?string $path = null): string
    {
        if ($path !== null) {
            return self::named($path, 'given to the constructor');
        }
        $path = Environment::get('SHOUTOUT_SANDBOX_BIN');
        if ($path !== null) {
            return self::named($path, 'SHOUTOUT_SANDBOX_BIN');
        }

        $shipped = self::shipped();
        $folders = (string) getenv('PATH');
        $onThePath = array_map(
            static fn (string $folder): string => $folder . '/' . self::NAME,
            explode(PATH_SEPARATOR, $folders),
        );
        foreach ([$shipped, ...$onThePath] as $candidate) {
            if (self::faultOf($candidate) === null) {
                return $candidate;
            }
        }

        self::fail(
            'SHOUTOUT_SANDBOX_BIN: not set',
            $shipped . ' (in this package): ' . self::faultOf($shipped),
            self::NAME . ' (on the PATH): not found in ' . $folders,
        );
    }

    /** Executable even where Composer unpacked the archive without `unzip`, and so without its permissions. */
    private static function shipped(): string
    {
        $path = Platform::folder() . '/' . self::NAME;
        if (is_file($path) && !is_executable($path)) {
            @chmod($path, 0755);
            clearstatcache(true, $path);
        }

        return $path;
    }

    private static function named(string $path, string $origin): string
    {
        $fault = self::faultOf($path);
        if ($fault !== null) {
            self::fail("{$path} ({$origin}): {$fault}");
        }

        // A bare name would be looked for on the PATH.
        return (string) realpath($path);
    }

    private static function faultOf(string $path): ?string
    {
        if (!is_file($path)) {
            return 'no such file';
        }

        return is_executable($path) ? null : 'not an executable file';
    }

    private static function fail(string ...$tried): never
    {
        throw new SandboxNotFoundException(
            "There is no sandbox to test against. Tried:\n  " . implode("\n  ", $tried)
            . "\nName the program shoutout-sandbox in SHOUTOUT_SANDBOX_BIN. In a clone of the project, "
            . '`cargo build --locked --release --package shoutout-sandbox` makes it, in target/release.',
        );
    }
}
