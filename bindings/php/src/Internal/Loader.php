<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\Failure;
use ShoutoutOtp\Exception\LibraryNotLoadedException;
use ShoutoutOtp\Status;

/**
 * Finds the C library and binds it. Nothing of it is used before its ABI
 * version is known to fit.
 *
 * @internal
 */
final class Loader
{
    /** The ABI that {@see Declarations} describes: major << 16 | minor. */
    public const ABI_VERSION = 0 << 16 | 1;

    private const SONAME = 'libshoutout_otp.so.0';

    /** @var array<string, Library> by path; kept as long as PHP keeps anything: to the end of the script or request */
    private static array $loaded = [];

    /**
     * @param ?string $path absolute; if given, no other is tried
     *
     * @throws LibraryNotLoadedException
     */
    public static function load(?string $path = null): Library
    {
        $tried = [];
        if (extension_loaded('ffi')) {
            $preloaded = self::preloaded();
            if ($preloaded !== null) {
                return $preloaded;
            }
            foreach (self::candidates($path) as [$candidate, $origin]) {
                try {
                    return self::$loaded[$candidate] ??= self::bind($candidate);
                } catch (\FFI\Exception | \UnexpectedValueException $e) {
                    $tried[] = sprintf('  %s (%s): %s', $candidate, $origin, $e->getMessage());
                }
            }
        }

        // Asked only now: each request would pay for the question.
        self::fail(FfiAccess::refusal() ?? self::report($tried));
    }

    /** @param list<string> $tried a line for each path */
    private static function report(array $tried): string
    {
        $inside = Platform::inThisPackage();

        return "The library could not be loaded. Tried:\n" . implode("\n", $tried)
            . "\nThis PHP runs on " . Platform::name() . ', and this package has the library for '
            . ($inside === [] ? 'no platform' : implode(', ', $inside))
            . '. The path of another can be given in SHOUTOUT_OTP_LIBRARY.';
    }

    /** What the administrator has bound when PHP started comes before any path. */
    private static function preloaded(): ?Library
    {
        try {
            $library = PreloadHeader::preloaded();
            if ($library !== null) {
                self::requireAbi($library);
            }
        } catch (\UnexpectedValueException $e) {
            self::fail('The header of ffi.preload=' . ini_get('ffi.preload') . ' ' . $e->getMessage());
        }

        return $library;
    }

    /**
     * Where to look, in this order, and why there.
     *
     * A path that somebody named is the only one: falling back from a typing
     * error to some other library would hide it. None is ever relative to the
     * working directory.
     *
     * @return list<array{string, string}> path and origin
     */
    private static function candidates(?string $path): array
    {
        if ($path !== null) {
            return [[$path, 'given to the constructor']];
        }
        $path = Environment::get('SHOUTOUT_OTP_LIBRARY');
        if ($path !== null) {
            return [[$path, 'SHOUTOUT_OTP_LIBRARY']];
        }

        return [
            [Platform::library(), 'in this package'],
            [self::SONAME, "the system's loader"],
        ];
    }

    private static function bind(string $path): Library
    {
        if ($path !== self::SONAME && !str_starts_with($path, '/')) {
            throw new \UnexpectedValueException('not an absolute path');
        }
        if (str_contains($path, "\0")) {
            throw new \UnexpectedValueException('contains a NUL byte');
        }

        $library = new Library($path, self::declared($path));
        self::requireAbi($library);

        return $library;
    }

    /**
     * All functions at once, since each request pays for this. Only if that
     * fails they are bound in two steps, the ABI version before the rest: a
     * function that is missing says less than a version that does not fit.
     */
    private static function declared(string $path): \FFI
    {
        try {
            return \FFI::cdef(Declarations::TEXT, $path);
        } catch (\FFI\Exception) {
            self::requireAbi(new Library($path, self::cdef('uint32_t so_abi_version(void);', $path)));

            return self::cdef(Declarations::TEXT, $path);
        }
    }

    /** A minor version only adds functions, so any later one of the same major has what is needed here. */
    private static function requireAbi(Library $library): void
    {
        $version = $library->abiVersion();
        [$major, $minor] = [self::ABI_VERSION >> 16, self::ABI_VERSION & 0xFFFF];
        if ($version >> 16 !== $major || ($version & 0xFFFF) < $minor) {
            throw new \UnexpectedValueException(sprintf(
                'has ABI version %d.%d, and this package needs %d.%d or a later %d.x',
                $version >> 16,
                $version & 0xFFFF,
                $major,
                $minor,
                $major,
            ));
        }
    }

    /**
     * `FFI::cdef` whose exception has the loader's own words, such as "invalid
     * ELF header": before 8.3, PHP leaves them out.
     */
    private static function cdef(string $declarations, string $path): \FFI
    {
        $loader = \FFI::cdef('const char *dlerror(void);');
        try {
            return \FFI::cdef($declarations, $path);
        } catch (\FFI\Exception $e) {
            $words = (new Library('', $loader))->call('dlerror');
            throw is_string($words) ? new \FFI\Exception($words, 0, $e) : $e;
        }
    }

    private static function fail(string $message, ?\Throwable $previous = null): never
    {
        $failure = new Failure(Status::InternalError->value, $message, Delivery::NotSent);

        throw new LibraryNotLoadedException($failure, $previous);
    }
}
