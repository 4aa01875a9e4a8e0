<?php

declare(strict_types=1);

namespace ShoutoutOtp;

/**
 * The service's word on a code. A wrong code is a result, not an exception:
 * ask {@see $verified}, since in PHP an object in a condition is always true.
 */
final class VerifyResult
{
    /**
     * @param bool $verified the only thing to let a user in for
     * @param string $referenceId the one that was asked about
     * @param string $status the service's own `statusCode`, such as `1000`
     * @param string $description the service's own words, without the code
     * @param int $elapsedUs microseconds the whole call took
     * @param string|null $requestId in the service's own logs, for a support ticket
     */
    public function __construct(
        public readonly bool $verified,
        public readonly VerifyOutcome $outcome,
        public readonly string $status,
        public readonly string $description,
        public readonly string $referenceId,
        public readonly int $httpStatus,
        public readonly int $elapsedUs,
        public readonly ?string $requestId = null,
    ) {
    }
}
