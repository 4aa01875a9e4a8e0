<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

use ShoutoutOtp\Client;
use ShoutoutOtp\Options;

/**
 * A sandbox of its own on a free port, and the phones that it rings.
 */
final class Sandbox
{
    public const KEY = 'sandbox.test.key';

    public readonly string $url;
    public readonly string $baseUrl;
    private readonly Process $process;

    public function __construct()
    {
        $this->process = new Process([Artefact::sandbox(), '--port', '0', '--exit-with-stdin']);
        $ready = $this->process->readJson();
        $this->url = (string) $ready['url'];
        $this->baseUrl = (string) $ready['base_url'];
    }

    public function client(): Client
    {
        return new Client(self::KEY, new Options(baseUrl: $this->baseUrl), Artefact::library());
    }

    /**
     * The SMS that this number received, oldest first.
     *
     * @return list<array{text: string, code: string, reference_id: string}>
     */
    public function messages(string $number): array
    {
        return Json::decode($this->get('/_sandbox/messages?to=' . rawurlencode($number)))['messages'];
    }

    /**
     * The first SMS of this number, as soon as it is there.
     *
     * @return array{text: string, code: string, reference_id: string}
     */
    public function wait(string $number): array
    {
        return Json::decode($this->get('/_sandbox/wait?timeout=20&to=' . rawurlencode($number)))['message'];
    }

    public function stop(): void
    {
        $this->process->finish();
    }

    private function get(string $path): string
    {
        $answer = file_get_contents($this->url . $path);

        return $answer !== false ? $answer : throw new \RuntimeException('the sandbox refused ' . $path);
    }
}
