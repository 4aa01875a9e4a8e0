<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

use ShoutoutOtp\Delivery;

/**
 * The facts behind a {@see ShoutoutException}, whose getters explain them.
 *
 * Public so that your tests can make exceptions:
 * `new TimeoutException(new Failure(Status::Timeout->value, 'timed out', Delivery::Unknown))`.
 */
final class Failure
{
    /** @param int $number of the status; of {@see \ShoutoutOtp\Status} or a newer one */
    public function __construct(
        public readonly int $number,
        public readonly string $message,
        public readonly Delivery $delivery,
        public readonly ?int $httpStatus = null,
        public readonly ?string $serviceStatus = null,
        public readonly ?string $serviceMessage = null,
        public readonly ?int $retryAfterMs = null,
        public readonly int $attempts = 0,
        public readonly int $elapsedUs = 0,
        public readonly ?string $referenceId = null,
        public readonly ?string $requestId = null,
    ) {
    }
}
