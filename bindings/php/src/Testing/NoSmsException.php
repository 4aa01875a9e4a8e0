<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

/**
 * A test counted on an SMS that is not there; the message says what came instead.
 */
final class NoSmsException extends SandboxException
{
}
