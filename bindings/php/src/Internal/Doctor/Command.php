<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

use ShoutoutOtp\Internal\Environment;
use ShoutoutOtp\Internal\Platform;
use ShoutoutOtp\Internal\PreloadHeader;
use ShoutoutOtp\Internal\Setup;

/**
 * The command line of `vendor/bin/shoutout-otp`.
 *
 * @internal
 */
final class Command
{
    private const USAGE = <<<'TEXT'
        vendor/bin/shoutout-otp doctor [--fpm[=COMMAND]]
            Tells what is installed here, and whether it reaches the service: the C library and where it was loaded
            from, the sandbox for tests, and with --fpm whether PHP-FPM, whose settings are its own, lets it use FFI.
            COMMAND is what starts it, such as "php-fpm8.2 -y /etc/my.conf"; by default the php-fpm of this version.
            With SHOUTOUT_API_KEY set, the service is asked to verify a code that was never sent: no SMS, no cost.
            Without a key it is asked nothing. No key is in the report.
            Exit status: 0 if no fault was found, 1 if one was, 2 if the command line is wrong.

        vendor/bin/shoutout-otp preload-ini [USER]
            Prints the ini lines that preload this package where ffi.enable is "preload". USER is that of PHP-FPM's
            pool, www-data by default.

        vendor/bin/shoutout-otp preload-header [LIBRARY]
            Prints a header for the ini line ffi.preload=FILE, by which PHP loads the C library when it starts. LIBRARY
            is its absolute path, by default that of the one in this package.

        TEXT;

    /**
     * Prints each finding as soon as it is known; gives the exit status.
     *
     * @param list<string> $arguments
     */
    public static function run(array $arguments): int
    {
        $command = array_shift($arguments);
        $argument = $arguments[0] ?? null;

        return match (true) {
            in_array($command, ['help', '--help', '-h'], true) => self::print(self::USAGE),
            count($arguments) > 1 => self::wrong(),
            $command === 'preload-ini' => self::print(Setup::preload($argument ?? Setup::USUAL_USER)),
            $command === 'preload-header' => self::preloadHeader($argument),
            $command === 'doctor' && $argument === null => self::doctor(false, null),
            $command === 'doctor' && $argument === '--fpm' => self::doctor(true, FpmSettings::usualCommand()),
            $command === 'doctor' && str_starts_with($argument, '--fpm=') => self::doctor(true, substr($argument, 6)),
            default => self::wrong(),
        };
    }

    private static function doctor(bool $withFpm, ?string $fpm): int
    {
        $worst = 0;
        foreach (self::findings($withFpm, $fpm) as $finding) {
            self::print(self::withoutKey((string) $finding) . "\n");
            $worst = max($worst, match ($finding->verdict) {
                Verdict::Ok, Verdict::Fact => 0,
                Verdict::Doubtful, Verdict::NotChecked => 1,
                Verdict::Fault => 2,
            });
        }
        self::print("\n" . [
            'All is well.',
            'No fault was found, but not everything is known to work: see above.',
            'Something does not work: see FAULT above.',
        ][$worst] . "\n");

        return $worst === 2 ? 1 : 0;
    }

    /** @return iterable<Finding> */
    private static function findings(bool $withFpm, ?string $fpm): iterable
    {
        yield from Installation::findings();
        if ($fpm !== null) {
            yield from Fpm::findings($fpm);
        } elseif ($withFpm) {
            yield new Finding(Verdict::Fault, 'PHP-FPM', 'none was found: say what starts it, --fpm=COMMAND');
        } else {
            yield new Finding(Verdict::NotChecked, 'PHP-FPM', 'it has settings of its own: doctor --fpm looks at them');
        }
        yield Service::finding();
    }

    private static function preloadHeader(?string $library): int
    {
        $library ??= Platform::library();
        if (!str_starts_with($library, '/') || !is_file($library)) {
            fwrite(STDERR, "There is no library at {$library}: give the absolute path of one.\n");

            return 1;
        }

        return self::print(PreloadHeader::for($library));
    }

    private static function print(string $text): int
    {
        echo $text;

        return 0;
    }

    /** What was wrong is not repeated: somebody may have typed a key. */
    private static function wrong(): int
    {
        fwrite(STDERR, self::USAGE);

        return 2;
    }

    /** No finding shows the key; but it may stand in the wrong variable, too. */
    private static function withoutKey(string $text): string
    {
        $key = Environment::get('SHOUTOUT_API_KEY');

        return $key === null || strlen($key) < 8 ? $text : str_replace($key, '(the API key)', $text);
    }
}
