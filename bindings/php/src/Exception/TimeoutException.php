<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The call's time ran out (`timeoutMs`, `connectTimeoutMs`).
 */
final class TimeoutException extends NetworkException
{
}
