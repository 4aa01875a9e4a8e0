<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * What has to stand in a php.ini so that this package may use FFI: the one
 * place where the lines are written, for exceptions, doctor and documentation.
 *
 * @internal
 */
final class Setup
{
    /** Debian's and Docker's PHP-FPM run their pool as this. */
    public const USUAL_USER = 'www-data';

    /** Where the ini lines of this process belong. */
    public static function placeHere(): string
    {
        return self::place(PHP_CONFIG_FILE_SCAN_DIR, php_ini_loaded_file() ?: null);
    }

    public static function place(string $scannedFolder, ?string $iniFile): string
    {
        return match (true) {
            $scannedFolder !== '' => "{$scannedFolder}/99-shoutout-otp.ini",
            default => $iniFile ?? 'php.ini',
        };
    }

    public static function extension(string $place): string
    {
        return "Put into {$place}:\n    extension=ffi\n"
            . '(Debian has it in php-common; in a Docker image of PHP: docker-php-ext-install ffi)';
    }

    /** Both ways to let this package use FFI. */
    public static function recipe(string $place, string $user): string
    {
        return "Put into {$place}, and restart PHP:\n"
            . self::indented(self::enable())
            . "or, if FFI is to stay closed to other code:\n"
            . self::indented(self::preload($user));
    }

    public static function enable(): string
    {
        return "ffi.enable=true\n";
    }

    /** The user is looked at only where the master of PHP-FPM is root, and must be given there. */
    public static function preload(string $user): string
    {
        return "ffi.enable=preload\nopcache.preload=" . self::preloadFile() . "\nopcache.preload_user={$user}\n";
    }

    /** For a file that is preloaded already: PHP takes one only. */
    public static function requirement(): string
    {
        return self::indented("require '" . self::preloadFile() . "';\n");
    }

    public static function preloadFile(): string
    {
        return dirname(__DIR__, 2) . '/preload.php';
    }

    private static function indented(string $lines): string
    {
        return (string) preg_replace('/^(?=.)/m', '    ', $lines);
    }
}
