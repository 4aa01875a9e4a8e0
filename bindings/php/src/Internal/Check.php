<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\Failure;
use ShoutoutOtp\Status;

/**
 * The checks that the library cannot make, because FFI would already have
 * changed the value: it cuts a string at a NUL byte and wraps an integer.
 *
 * @internal
 */
final class Check
{
    public static function text(
        #[\SensitiveParameter]
        string $value,
        string $name,
        Status $status = Status::InvalidArgument,
    ): string {
        if (str_contains($value, "\0")) {
            self::refuse($status, $name . ' must not contain a NUL byte');
        }

        return $value;
    }

    public static function uint32(int $value, string $name): int
    {
        if ($value < 0 || $value > 0xFFFF_FFFF) {
            self::refuse(Status::InvalidArgument, sprintf('%s must be between 0 and %d', $name, 0xFFFF_FFFF));
        }

        return $value;
    }

    public static function refuse(Status $status, string $message): never
    {
        throw Exceptions::from(new Failure($status->value, $message . '. Nothing was sent.', Delivery::NotSent));
    }
}
