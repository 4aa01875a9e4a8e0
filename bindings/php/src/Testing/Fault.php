<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

use ShoutoutOtp\Testing\Internal\Control;

/**
 * A fault that waits for its requests.
 */
final class Fault
{
    /** @internal */
    public function __construct(
        public readonly int $id,
        public readonly string $kind,
        private readonly Control $control,
    ) {
    }

    /** Takes away what is left of it, if anything is. */
    public function remove(): void
    {
        $this->control->delete('faults', ['id' => $this->id]);
    }
}
