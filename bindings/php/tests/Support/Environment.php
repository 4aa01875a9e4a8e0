<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

/**
 * An environment without the package's variables, while this object lives.
 */
final class Environment
{
    private const NAMES = ['SHOUTOUT_API_KEY', 'SHOUTOUT_BASE_URL', 'SHOUTOUT_OTP_LIBRARY'];

    /** @var array<string, string|false> */
    private array $process = [];

    /** @var array{array<mixed>, array<mixed>} */
    private array $superglobals;

    public function __construct()
    {
        $this->superglobals = [$_ENV, $_SERVER];
        foreach (self::NAMES as $name) {
            $this->process[$name] = getenv($name);
            putenv($name);
            unset($_ENV[$name], $_SERVER[$name]);
        }
    }

    public function __destruct()
    {
        [$_ENV, $_SERVER] = $this->superglobals;
        foreach ($this->process as $name => $value) {
            putenv($value === false ? $name : "{$name}={$value}");
        }
    }
}
