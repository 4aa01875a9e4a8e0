<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

use ShoutoutOtp\Internal\Redacted;

/**
 * An SMS in the inbox, as it was when the sandbox was asked. Dumps and JSON
 * show neither its code nor the full number.
 */
final class Sms implements \JsonSerializable
{
    use Redacted;

    /**
     * @param int $seq its place in the order of arrival
     * @param string $destination the full number, digits only
     * @param string $source the sender mask
     * @param string $text as the phone shows it, code and all
     * @param string $code for {@see \ShoutoutOtp\Client::verifyOtp()}
     * @param string $referenceId likewise
     * @param string $encoding `GSM-7` or `UCS-2`
     * @param int $segments how many SMS the text takes, which the provider may charge for
     * @param \DateTimeImmutable $receivedAt by the sandbox's clock
     * @param \DateTimeImmutable $expiresAt of its code, by the same clock
     * @param string $state `pending`, `verified`, `expired`, `locked` or `superseded`
     * @param int $attempts how many codes were tried, the right one included
     */
    public function __construct(
        public readonly int $seq,
        public readonly string $destination,
        public readonly string $source,
        public readonly string $text,
        #[\SensitiveParameter]
        public readonly string $code,
        public readonly string $referenceId,
        public readonly string $encoding,
        public readonly int $segments,
        public readonly float $cost,
        public readonly \DateTimeImmutable $receivedAt,
        public readonly \DateTimeImmutable $expiresAt,
        public readonly string $state,
        public readonly bool $verified,
        public readonly int $attempts,
    ) {
    }

    /**
     * The SMS that the control API shows so. What a newer sandbox adds is left out.
     *
     * @internal
     *
     * @param array<string, mixed> $view
     */
    public static function from(array $view): self
    {
        return new self(
            $view['seq'],
            $view['destination'],
            $view['source'],
            $view['text'],
            $view['code'],
            $view['reference_id'],
            $view['encoding'],
            $view['segments'],
            (float) $view['cost'],
            self::time($view['received_at']),
            self::time($view['expires_at']),
            $view['state'],
            $view['verified'],
            $view['attempts'],
        );
    }

    private static function time(int $milliseconds): \DateTimeImmutable
    {
        $seconds = intdiv($milliseconds, 1000);

        return new \DateTimeImmutable(sprintf('@%d.%03d', $seconds, $milliseconds % 1000));
    }

    /** @return array<string, mixed> */
    private function redacted(): array
    {
        return [
            'seq' => $this->seq,
            'destination' => str_repeat('*', max(0, strlen($this->destination) - 2)) . substr($this->destination, -2),
            'source' => $this->source,
            'referenceId' => $this->referenceId,
            'state' => $this->state,
        ];
    }
}
