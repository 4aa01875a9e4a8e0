<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

use ShoutoutOtp\Testing\Internal\Control;

/**
 * The clock by which codes expire: moved, so that no test has to wait for it.
 */
final class Clock
{
    /** @internal */
    public function __construct(private readonly Control $control)
    {
    }

    /** Lets time pass for the sandbox, and for nobody else. */
    public function advance(float $seconds): void
    {
        $this->control->post('clock', ['advance_seconds' => $seconds]);
    }

    /** Back to this machine's time. */
    public function reset(): void
    {
        $this->control->post('clock', ['reset' => true]);
    }
}
