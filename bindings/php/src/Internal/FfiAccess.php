<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * Whether the code of this package may use FFI in this process.
 *
 * @internal
 */
final class FfiAccess
{
    /** Why not, and what to do about it; null if it may. */
    public static function refusal(): ?string
    {
        if (!extension_loaded('ffi')) {
            return 'The FFI extension of PHP is not loaded. ' . Setup::extension(Setup::placeHere());
        }
        try {
            \FFI::cdef('');
        } catch (\FFI\Exception) {
            return self::restriction() . 'This looks at the settings of PHP-FPM: vendor/bin/shoutout-otp doctor --fpm';
        }

        return null;
    }

    private static function restriction(): string
    {
        $now = (string) ini_get('ffi.enable');
        if (strtolower($now) !== 'preload') {
            return 'FFI is disabled by ffi.enable. ' . Setup::recipe(Setup::placeHere(), self::user());
        }
        $why = 'FFI is restricted: ffi.enable is "preload", and this package was not preloaded. ';
        $preloaded = (string) ini_get('opcache.preload');

        return $why . ($preloaded === ''
            ? Setup::recipe(Setup::placeHere(), self::user())
            : "Put into {$preloaded}, which is preloaded, and restart PHP:\n" . Setup::requirement());
    }

    /** Whom the workers run as: this process is one, unless it is root's. */
    private static function user(): string
    {
        $user = function_exists('posix_geteuid') ? posix_getpwuid(posix_geteuid())['name'] ?? null : null;

        return $user === null || $user === 'root' ? Setup::USUAL_USER : $user;
    }
}
