<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

/**
 * A program that tells its settings as `php-fpm -i` and `php-fpm -tt` do.
 */
final class FakeFpm
{
    private const USUAL = [
        'PHP Version' => '8.2.0',
        'Scan this dir for additional .ini files' => '/etc/fake/conf.d',
        'Loaded Configuration File' => '/etc/fake/php.ini',
        'FFI support' => 'enabled',
        'ffi.enable' => 'preload',
        'Opcode Caching' => 'Up and Running',
        'opcache.preload' => 'no value',
        'opcache.preload_user' => 'no value',
    ];

    private readonly string $program;

    /**
     * @param array<string, ?string> $settings that differ from the usual ones; null where there is no such line
     * @param string ...$poolLines of the pool "www"
     */
    public function __construct(array $settings, string ...$poolLines)
    {
        $information = 'phpinfo()';
        foreach (array_filter($settings + self::USUAL, is_string(...)) as $name => $value) {
            $information .= "\n{$name} => " . (str_contains($name, '.') ? "{$value} => {$value}" : $value);
        }
        $test = '';
        foreach (['[global]', 'user = ignored', '[www]', ...$poolLines] as $line) {
            $test .= "[25-Nov-2026 01:38:11] NOTICE: \t{$line}\n";
        }
        $this->program = (string) tempnam(sys_get_temp_dir(), 'fpm');
        $script = "case \$1 in\n-i) cat <<'X'\n{$information}\nX\n;; -tt) cat >&2 <<'X'\n{$test}X\nesac\n";
        file_put_contents($this->program, $script);
    }

    public function command(): string
    {
        return "sh {$this->program}";
    }

    public function __destruct()
    {
        unlink($this->program);
    }
}
