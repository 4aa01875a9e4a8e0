<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * Too many requests (HTTP 429); `getRetryAfterMs()` may say how long to wait.
 */
final class RateLimitedException extends ServiceException
{
}
