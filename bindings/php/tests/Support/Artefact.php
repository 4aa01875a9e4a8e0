<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

/**
 * What the tests need built. The environment names it; a missing one is a
 * failure and never a skipped test. Each is looked up once, so that a test may
 * change the environment.
 */
final class Artefact
{
    /** @var array<string, string> */
    private static array $found = [];

    /** The C library. */
    public static function library(): string
    {
        return self::file('SHOUTOUT_OTP_LIBRARY', 'libshoutout_otp.so');
    }

    public static function sandbox(): string
    {
        return self::file('SHOUTOUT_SANDBOX_BIN', 'shoutout-sandbox');
    }

    public static function goldenService(): string
    {
        return self::file('SHOUTOUT_GOLDEN_SERVICE_BIN', 'golden-service');
    }

    /** The root of the repository. */
    public static function root(): string
    {
        return dirname(__DIR__, 4);
    }

    public static function read(string $path): string
    {
        $text = is_file($path) ? file_get_contents($path) : false;
        if ($text === false) {
            throw new \RuntimeException($path . ' cannot be read');
        }

        return $text;
    }

    private static function file(string $variable, string $what): string
    {
        $path = self::$found[$variable] ?? getenv($variable);
        if ($path === false || !str_starts_with($path, '/') || !is_file($path)) {
            throw new \RuntimeException(sprintf(
                '%s must be the absolute path of a built %s; it is "%s"',
                $variable,
                $what,
                (string) $path,
            ));
        }

        return self::$found[$variable] = $path;
    }
}
