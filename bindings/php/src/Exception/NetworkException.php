<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * No answer came; ask `getDelivery()` before a resend. Statuses 20 to 39.
 */
class NetworkException extends \RuntimeException implements ShoutoutException
{
    use HasFailure;
}
