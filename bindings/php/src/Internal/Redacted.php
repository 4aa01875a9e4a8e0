<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * Keeps secrets out of `var_dump`, `print_r`, `json_encode` and `serialize`.
 *
 * @internal
 */
trait Redacted
{
    /**
     * What may be shown of this object.
     *
     * @return array<string, mixed>
     */
    abstract private function redacted(): array;

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return $this->redacted();
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return $this->redacted();
    }

    /** @return array<never, never> */
    public function __serialize(): array
    {
        throw new \LogicException(self::class . ' cannot be serialised: it holds secrets or a live connection.');
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw new \LogicException(self::class . ' cannot be unserialised.');
    }
}
