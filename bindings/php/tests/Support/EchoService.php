<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

use ShoutoutOtp\Client;
use ShoutoutOtp\Options;

/**
 * A service that answers each with its own destination, and knows which connection brought what.
 */
final class EchoService
{
    private readonly Process $process;
    private readonly string $baseUrl;

    /** The certificate and its key, where there is TLS. */
    private readonly ?string $pem;

    public function __construct(bool $tls)
    {
        $this->pem = $tls ? self::certificateForLoopback() : null;
        $script = dirname(__DIR__) . '/fixtures/echo-service.php';
        $this->process = new Process([PHP_BINARY, $script, ...array_filter([$this->pem])]);
        $this->baseUrl = (string) $this->process->readJson()['base_url'];
    }

    public function client(): Client
    {
        return new Client('key', new Options(baseUrl: $this->baseUrl, caFile: $this->pem), Artefact::library());
    }

    /**
     * Ends the service.
     *
     * @return list<list<string>> for each connection, the destinations of its requests
     */
    public function stop(): array
    {
        $this->process->finish();
        $lines = explode("\n", trim($this->process->output()));

        return Json::decode((string) end($lines));
    }

    public function __destruct()
    {
        if ($this->pem !== null && is_file($this->pem)) {
            unlink($this->pem);
        }
    }

    /** Self-signed, in a file with its key; the address can be named in a configuration only. */
    private static function certificateForLoopback(): string
    {
        $pem = (string) tempnam(sys_get_temp_dir(), 'tls');
        file_put_contents($pem, "[req]\ndistinguished_name=name\n[name]\n[loopback]\nsubjectAltName=IP:127.0.0.1\n");
        $how = [
            'config' => $pem,
            'x509_extensions' => 'loopback',
            'private_key_bits' => 2048,
            'digest_alg' => 'sha256',
        ];
        $key = openssl_pkey_new($how);
        $request = openssl_csr_new(['commonName' => '127.0.0.1'], $key, $how);
        openssl_x509_export(openssl_csr_sign($request, null, $key, 1, $how), $certificate);
        openssl_pkey_export($key, $privateKey, null, $how);
        file_put_contents($pem, $certificate . $privateKey);

        return $pem;
    }
}
