<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

use Composer\InstalledVersions;
use ShoutoutOtp\Exception\LibraryNotLoadedException;
use ShoutoutOtp\Internal\Environment;
use ShoutoutOtp\Internal\Loader;
use ShoutoutOtp\Internal\Platform;
use ShoutoutOtp\Testing\Internal\Program;
use ShoutoutOtp\Testing\SandboxNotFoundException;

/**
 * What is installed, as this PHP sees it.
 *
 * @internal
 */
final class Installation
{
    private const PACKAGE = 'shoutout-otp/shoutout-otp';

    /** @return iterable<Finding> */
    public static function findings(): iterable
    {
        yield self::package();
        yield self::php();
        yield self::library();
        yield self::sandbox();
        yield self::environment();
    }

    private static function package(): Finding
    {
        $isInstalled = class_exists(InstalledVersions::class) && InstalledVersions::isInstalled(self::PACKAGE);
        $version = $isInstalled ? InstalledVersions::getPrettyVersion(self::PACKAGE) : 'not from Composer';
        $text = sprintf('%s, %s, on %s', $version, dirname(__DIR__, 3), Platform::name());

        return new Finding(Verdict::Fact, 'package', $text);
    }

    private static function php(): Finding
    {
        $settings = extension_loaded('ffi') ? 'ffi.enable=' . ini_get('ffi.enable') : 'without FFI';
        $text = sprintf('%s (%s), %s, %s', PHP_VERSION, PHP_SAPI, php_ini_loaded_file() ?: 'no php.ini', $settings);

        return new Finding(Verdict::Fact, 'PHP', $text);
    }

    private static function library(): Finding
    {
        try {
            $library = Loader::load();
        } catch (LibraryNotLoadedException $e) {
            return new Finding(Verdict::Fault, 'library', $e->getMessage());
        }
        $abi = $library->abiVersion();
        $version = sprintf('%s, ABI %d.%d', $library->version(), $abi >> 16, $abi & 0xFFFF);

        return new Finding(Verdict::Ok, 'library', "{$version}, {$library->path}");
    }

    /** Only tests need one: it may be missing, but not where somebody named it. */
    private static function sandbox(): Finding
    {
        try {
            $program = Program::find();
        } catch (SandboxNotFoundException $e) {
            $isNamed = Environment::get('SHOUTOUT_SANDBOX_BIN') !== null;
            $text = $e->getMessage() . "\nOnly tests need it.";

            return new Finding($isNamed ? Verdict::Fault : Verdict::Fact, 'sandbox', $text);
        }
        exec(escapeshellarg($program) . ' --version 2>&1', $said, $status);
        if ($status !== 0) {
            return new Finding(Verdict::Fault, 'sandbox', "{$program} cannot be run: " . implode("\n", $said));
        }

        return new Finding(Verdict::Ok, 'sandbox', implode(' ', $said) . ", {$program}");
    }

    private static function environment(): Finding
    {
        $names = ['SHOUTOUT_API_KEY', 'SHOUTOUT_BASE_URL', 'SHOUTOUT_OTP_LIBRARY', 'SHOUTOUT_SANDBOX_BIN'];
        $set = array_filter($names, static fn (string $name): bool => Environment::get($name) !== null);

        return new Finding(Verdict::Fact, 'settings', $set === [] ? 'none is set' : implode(', ', $set) . ' set');
    }
}
