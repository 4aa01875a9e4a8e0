<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

use ShoutoutOtp\Internal\Setup;

/**
 * Whether the pools of a PHP-FPM let this package use FFI, judged by what that
 * PHP-FPM says of its settings.
 *
 * @internal
 */
final class Fpm
{
    /**
     * @param string $command that starts it, with its options
     *
     * @return iterable<Finding>
     */
    public static function findings(string $command): iterable
    {
        try {
            $settings = FpmSettings::of($command);
        } catch (\RuntimeException $e) {
            yield self::found(Verdict::Fault, "Started by this user, it fails: {$e->getMessage()}");

            return;
        }
        $place = self::placeFor($settings);
        $version = $settings->get('PHP Version');
        yield self::found(Verdict::Fact, "{$command}, PHP {$version}, its ini lines go into {$place}");
        if ($settings->get('FFI support') !== 'enabled') {
            yield self::found(Verdict::Fault, 'The FFI extension is not loaded. ' . Setup::extension($place));

            return;
        }
        if ($settings->pools === []) {
            yield self::found(Verdict::NotChecked, 'what it says of its pools is not understood');
        }
        foreach ($settings->pools as $name => $pool) {
            [$verdict, $text] = self::judge($settings, $pool, $place);
            yield self::found($verdict, "pool {$name}: {$text}");
        }
    }

    /**
     * @param array<string, string> $pool
     *
     * @return array{Verdict, string}
     */
    private static function judge(FpmSettings $settings, array $pool, string $place): array
    {
        $enable = $pool['php_admin_value[ffi.enable]'] ?? (string) $settings->get('ffi.enable');
        if (in_array(strtolower($enable), ['1', 'on', 'true', 'yes'], true)) {
            return [Verdict::Ok, 'ffi.enable is on'];
        }
        $user = $pool['user'] ?? Setup::USUAL_USER;
        $recipe = Setup::recipe($place, $user === 'undefined' ? Setup::USUAL_USER : $user);
        $preload = $settings->get('opcache.preload');
        if (strtolower($enable) !== 'preload' || $preload === null) {
            return [Verdict::Fault, "ffi.enable is \"{$enable}\", and nothing is preloaded. {$recipe}"];
        }
        if ($settings->get('Opcode Caching') !== 'Up and Running') {
            $lines = "    zend_extension=opcache\n    opcache.enable=1";

            return [Verdict::Fault, "opcache is off, so nothing is preloaded. Put into {$place}:\n{$lines}"];
        }

        return self::judgePreload($preload, $settings->get('opcache.preload_user'));
    }

    /** @return array{Verdict, string} */
    private static function judgePreload(string $preload, ?string $user): array
    {
        if (realpath($preload) !== realpath(Setup::preloadFile())) {
            return [Verdict::Doubtful, "{$preload} is preloaded. Is this in it?\n" . Setup::requirement()];
        }
        if ($user === null) {
            return [Verdict::Doubtful, 'this package is preloaded; a master that is root needs opcache.preload_user'];
        }

        return [Verdict::Ok, 'FFI is restricted, and this package is preloaded'];
    }

    private static function placeFor(FpmSettings $settings): string
    {
        // PHP_INI_SCAN_DIR may name several folders; the last is read last, and a name left out is the built-in one.
        $scanned = explode(PATH_SEPARATOR, (string) $settings->get('Scan this dir for additional .ini files'));

        return Setup::place((string) end($scanned), $settings->get('Loaded Configuration File'));
    }

    private static function found(Verdict $verdict, string $text): Finding
    {
        return new Finding($verdict, 'PHP-FPM', $text);
    }
}
