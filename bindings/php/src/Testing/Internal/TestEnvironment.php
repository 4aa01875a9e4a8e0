<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing\Internal;

/**
 * Variables of the environment, wherever PHP and its frameworks look for
 * them, until {@see restore()}.
 *
 * @internal
 */
final class TestEnvironment
{
    /** @var array<string, array{mixed, mixed, string|false}> */
    private array $before = [];

    /** @param array<string, string> $variables */
    public function __construct(array $variables)
    {
        foreach ($variables as $name => $value) {
            $this->before[$name] = [$_ENV[$name] ?? null, $_SERVER[$name] ?? null, getenv($name)];
            $_ENV[$name] = $value;
            $_SERVER[$name] = $value;
            putenv("{$name}={$value}");
        }
    }

    public function restore(): void
    {
        foreach ($this->before as $name => [$env, $server, $process]) {
            $_ENV[$name] = $env;
            $_SERVER[$name] = $server;
            if ($env === null) {
                unset($_ENV[$name]);
            }
            if ($server === null) {
                unset($_SERVER[$name]);
            }
            putenv($process === false ? $name : "{$name}={$process}");
        }
        $this->before = [];
    }
}
