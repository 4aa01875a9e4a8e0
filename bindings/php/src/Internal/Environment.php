<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * Settings from the environment, wherever PHP keeps it.
 *
 * @internal
 */
final class Environment
{
    /**
     * The value of a variable; null if it is unset or empty.
     *
     * `$_ENV` comes first, since dotenv loaders fill it and often leave the
     * process environment alone; `$_SERVER` last, since on the command line it
     * is a copy that `putenv()` does not reach.
     */
    public static function get(string $name): ?string
    {
        foreach ([$_ENV[$name] ?? null, getenv($name), $_SERVER[$name] ?? null] as $value) {
            if (is_string($value) && $value !== '') {
                return $value;
            }
        }

        return null;
    }
}
