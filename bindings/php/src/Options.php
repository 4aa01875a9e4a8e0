<?php

declare(strict_types=1);

namespace ShoutoutOtp;

use ShoutoutOtp\Internal\Redacted;

/**
 * How a {@see Client} talks to the service. Null leaves the library's default.
 *
 * The values are checked when a client is made from them: what the library
 * refuses is a {@see Exception\ConfigurationException} that names the option.
 */
final class Options implements \JsonSerializable
{
    use Redacted;

    /**
     * @param ?string $baseUrl `/send` and `/verify` are appended; without it
     *     the environment's `SHOUTOUT_BASE_URL`, then the provider's address
     * @param ?string $authScheme word before the key in `Authorization`; default `Apikey`
     * @param array<string, string|list<string>> $headers sent with each request,
     *     at most 32, and none that frames, routes or authorises it
     * @param ?int $timeoutMs milliseconds for the whole call, retries included: 1 to 600000; default 30000
     * @param ?int $connectTimeoutMs milliseconds for one attempt to connect, name lookup
     *     and TLS included; default 5000
     * @param ?int $maxRetries further attempts where surely nothing was sent: 0 to 10; default 2
     * @param ?string $caFile PEM file that replaces the bundled roots; read when the client is made
     * @param ?string $proxy `http://` proxy to CONNECT through, credentials and all; default none
     * @param bool $allowPlainHttp accept `http://` beyond loopback: the API key then travels in the clear
     * @param ?string $userAgentSuffix appended to the library's `User-Agent`
     */
    public function __construct(
        public readonly ?string $baseUrl = null,
        public readonly ?string $authScheme = null,
        #[\SensitiveParameter]
        public readonly array $headers = [],
        public readonly ?int $timeoutMs = null,
        public readonly ?int $connectTimeoutMs = null,
        public readonly ?int $maxRetries = null,
        public readonly ?string $caFile = null,
        #[\SensitiveParameter]
        public readonly ?string $proxy = null,
        public readonly bool $allowPlainHttp = false,
        public readonly ?string $userAgentSuffix = null,
    ) {
    }

    /** @return array<string, mixed> */
    private function redacted(): array
    {
        return [
            'headers' => array_fill_keys(array_keys($this->headers), '(hidden)'),
            'proxy' => $this->proxy === null ? null : '(hidden)',
        ] + get_object_vars($this);
    }
}
