<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * The header for `ffi.preload`, with which PHP binds the library once, when it
 * starts, instead of at each request.
 *
 * @internal
 */
final class PreloadHeader
{
    private const SCOPE = 'shoutout_otp';

    /** A constant in the header: the ABI that it describes. A file made once may be older than the package. */
    private const ABI = 'SHOUTOUT_OTP_PRELOADED_ABI';

    /** @param string $library absolute path; PHP would look for a relative one wherever it was started */
    public static function for(string $library): string
    {
        return '#define FFI_SCOPE "' . self::SCOPE . "\"\n#define FFI_LIB \"{$library}\"\n"
            . 'enum { ' . self::ABI . ' = ' . Loader::ABI_VERSION . " };\n" . Declarations::TEXT . "\n";
    }

    /** The library that was bound when PHP started; null if none was. */
    public static function preloaded(): ?Library
    {
        $headers = (string) ini_get('ffi.preload');
        if ($headers === '') {
            return null;
        }
        try {
            $scope = \FFI::scope(self::SCOPE);
        } catch (\FFI\Exception) {
            return null; // the headers are others'
        }
        if ($scope->{self::ABI} !== Loader::ABI_VERSION) {
            throw new \UnexpectedValueException(
                'was made by another version of this package: '
                . 'make it again with vendor/bin/shoutout-otp preload-header, and restart PHP',
            );
        }

        return new Library("ffi.preload={$headers}", $scope);
    }
}
