<?php

declare(strict_types=1);

namespace ShoutoutOtp;

use ShoutoutOtp\Internal\Redacted;

/**
 * What the service said about one destination of a send.
 */
final class SendResponse implements \JsonSerializable
{
    use Redacted;

    /**
     * @param string $destination the full number: mind where you log it
     * @param string $referenceId of this message; not the one to verify with
     * @param ?float $cost credits; null if the service named none
     */
    public function __construct(
        public readonly string $destination,
        public readonly string $referenceId,
        public readonly string $status,
        public readonly ?float $cost,
    ) {
    }

    /** @return array<string, mixed> */
    private function redacted(): array
    {
        return [
            'destination' => str_repeat('*', max(0, strlen($this->destination) - 2)) . substr($this->destination, -2),
            'referenceId' => $this->referenceId,
            'status' => $this->status,
            'cost' => $this->cost,
        ];
    }
}
