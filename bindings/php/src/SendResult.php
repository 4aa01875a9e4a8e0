<?php

declare(strict_types=1);

namespace ShoutoutOtp;

use ShoutoutOtp\Internal\Redacted;

/**
 * The service accepted an OTP for delivery.
 *
 * Store {@see $referenceId} alone: it is all that {@see Client::verifyOtp()}
 * needs. Dumps and JSON of this object mask the number; it cannot be serialised.
 */
final class SendResult implements \JsonSerializable
{
    use Redacted;

    /**
     * @param string $referenceId never empty
     * @param string $status the service's own status, `1001`
     * @param string $description the service's own words, which may repeat the number
     * @param ?float $cost credits in total; null if the service named none
     * @param list<SendResponse> $responses one per destination; may be empty
     * @param int $attempts 1, or more where connecting had to be tried again
     * @param int $elapsedUs microseconds the whole call took
     * @param string $json the whole answer as received, scrubbed of nothing; it holds the full number
     * @param ?string $requestId in the service's own logs, for a support ticket
     */
    public function __construct(
        public readonly string $referenceId,
        public readonly string $status,
        public readonly string $description,
        public readonly ?float $cost,
        public readonly array $responses,
        public readonly int $httpStatus,
        public readonly int $attempts,
        public readonly int $elapsedUs,
        public readonly string $json,
        public readonly ?string $requestId = null,
    ) {
    }

    /** @return array<string, mixed> */
    private function redacted(): array
    {
        return [
            'description' => sprintf('(%d bytes)', strlen($this->description)),
            'json' => sprintf('(%d bytes)', strlen($this->json)),
        ] + get_object_vars($this);
    }
}
