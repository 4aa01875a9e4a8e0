<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * What this PHP runs on, as the folders of `lib/` are named.
 *
 * @internal
 */
final class Platform
{
    /** The folder of this package with what runs here, such as `…/lib/linux-x86_64-gnu`; it may not be there. */
    public static function folder(): string
    {
        return self::folders() . self::name();
    }

    /** @return list<string> the names of the platforms that this package has something for */
    public static function inThisPackage(): array
    {
        return array_map(basename(...), glob(self::folders() . '*', GLOB_ONLYDIR) ?: []);
    }

    /** The C library in there. */
    public static function library(): string
    {
        return self::folder() . '/libshoutout_otp.so';
    }

    public static function name(): string
    {
        $machine = php_uname('m');
        $architecture = ['amd64' => 'x86_64', 'arm64' => 'aarch64'][$machine] ?? $machine;
        $os = strtolower(PHP_OS_FAMILY);

        return $os === 'linux' ? "{$os}-{$architecture}-" . self::libc() : "{$os}-{$architecture}";
    }

    private static function folders(): string
    {
        return dirname(__DIR__, 2) . '/lib/';
    }

    /**
     * The C library of this very process is asked, since a file can mislead:
     * Debian may have musl's loader installed, and Alpine glibc's.
     */
    private static function libc(): string
    {
        // Without FFI the usual one: nothing can be loaded anyway, and only the sandbox's program is looked for.
        if (!extension_loaded('ffi')) {
            return 'gnu';
        }
        try {
            \FFI::cdef('const char *gnu_get_libc_version(void);');
        } catch (\FFI\Exception) {
            return FfiAccess::refusal() === null ? 'musl' : 'gnu';
        }

        return 'gnu';
    }
}
