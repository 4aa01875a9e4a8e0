<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

/**
 * What a PHP-FPM says of its own settings, which are not those of the command
 * line: `php-fpm -i` of its php.ini, `php-fpm -tt` of its pools.
 *
 * @internal
 */
final class FpmSettings
{
    /** @param array<string, array<string, string>> $pools */
    private function __construct(private readonly string $information, public readonly array $pools)
    {
    }

    /**
     * @param string $command that starts it, with its options, such as `php-fpm8.2 -y /etc/my.conf`
     *
     * @throws \RuntimeException with its own words, if it cannot start
     */
    public static function of(string $command): self
    {
        return new self(self::run("{$command} -i"), self::poolsIn(self::run("{$command} -tt")));
    }

    /** The php-fpm of this very PHP version, by the names that it goes by; null if there is none. */
    public static function usualCommand(): ?string
    {
        $names = ['php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, 'php-fpm'];
        $folders = [...explode(PATH_SEPARATOR, (string) getenv('PATH')), '/usr/sbin', '/usr/local/sbin'];
        foreach ($names as $name) {
            foreach ($folders as $folder) {
                if (is_executable("{$folder}/{$name}")) {
                    return "{$folder}/{$name}";
                }
            }
        }

        return null;
    }

    /** A value as phpinfo() shows it: the last of "name => local => master"; null if there is none. */
    public function get(string $name): ?string
    {
        $line = '/^' . preg_quote($name, '/') . ' => (?:.* => )?(.*)$/m';
        $value = preg_match($line, $this->information, $found) === 1 ? trim($found[1]) : '';

        return in_array($value, ['', 'no value', '(none)'], true) ? null : $value;
    }

    /** @return array<string, array<string, string>> by pool: its lines, "name = value" */
    private static function poolsIn(string $test): array
    {
        $pools = [];
        $pool = 'global';
        foreach (explode("\n", $test) as $line) {
            $line = (string) preg_replace('/^\[.*?\] NOTICE:\s*/', '', $line);
            if (preg_match('/^\[(.+)\]$/', trim($line), $found) === 1) {
                $pool = $found[1];
                $pools[$pool] = [];
            } elseif (preg_match('/^(\S+) = (.*)$/', $line, $found) === 1) {
                $pools[$pool][$found[1]] = trim($found[2]);
            }
        }
        unset($pools['global'], $pools['General']);

        return $pools;
    }

    private static function run(string $command): string
    {
        exec("{$command} 2>&1", $lines, $status);
        $said = implode("\n", $lines);

        return $status === 0 ? $said : throw new \RuntimeException("`{$command}` ended with status {$status}: {$said}");
    }
}
