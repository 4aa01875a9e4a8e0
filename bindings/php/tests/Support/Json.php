<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

final class Json
{
    /** @return array<mixed> */
    public static function decode(string $json): array
    {
        $value = json_decode($json, true, 64, JSON_THROW_ON_ERROR);

        return is_array($value) ? $value : throw new \RuntimeException('not an object or array: ' . $json);
    }
}
