<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing\Internal;

use ShoutoutOtp\Testing\SandboxException;

/**
 * The paths below `/_sandbox` of one sandbox.
 *
 * @internal
 */
final class Control
{
    private const PATIENCE_SECONDS = 30.0;

    /** @param ?string $caFile where the URL is https, the authority to trust */
    public function __construct(private readonly string $url, private readonly ?string $caFile)
    {
    }

    /**
     * What is there; the answer may take $wait seconds.
     *
     * @param array<string, string|int|float> $query
     *
     * @return array<string, mixed>
     */
    public function get(string $path, array $query = [], float $wait = 0.0): array
    {
        return $this->ask('GET', $path, $query, '', $wait);
    }

    /**
     * Changes something.
     *
     * @param array<string, mixed> $content
     *
     * @return array<string, mixed>
     */
    public function post(string $path, array $content = []): array
    {
        $body = json_encode((object) $content, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);

        return $this->ask('POST', $path, [], $body, 0.0);
    }

    /**
     * Removes something.
     *
     * @param array<string, string|int|float> $query
     *
     * @return array<string, mixed>
     */
    public function delete(string $path, array $query = []): array
    {
        return $this->ask('DELETE', $path, $query, '', 0.0);
    }

    /**
     * @param array<string, string|int|float> $query
     *
     * @return array<string, mixed>
     */
    private function ask(string $method, string $path, array $query, string $body, float $wait): array
    {
        // A context of its own: the default one may have a proxy.
        $context = stream_context_create([
            'http' => [
                'method' => $method,
                'header' => ['Content-Type: application/json', 'Connection: close'],
                'content' => $body,
                'timeout' => self::PATIENCE_SECONDS + $wait,
                'ignore_errors' => true,
            ],
            'ssl' => $this->caFile === null ? [] : ['cafile' => $this->caFile],
        ]);
        $parameters = $query === [] ? '' : '?' . http_build_query($query);
        $answer = @fopen("{$this->url}/_sandbox/{$path}{$parameters}", 'r', false, $context);
        if ($answer === false) {
            $why = error_get_last()['message'] ?? '';
            throw new SandboxException("The sandbox at {$this->url} does not answer: {$why}");
        }
        $status = (int) (explode(' ', stream_get_meta_data($answer)['wrapper_data'][0] ?? '')[1] ?? 0);
        $content = json_decode((string) stream_get_contents($answer), true);
        fclose($answer);
        $content = is_array($content) ? $content : [];
        if ($status < 400) {
            return $content;
        }

        // Whatever else listens there may refuse in the words of the provider.
        $said = $content['error'] ?? $content['message'] ?? null;
        $said = is_string($said) ? $said : "HTTP {$status}";
        if ($status === 404 && $said === 'timeout') {
            throw new TimedOut();
        }
        throw new SandboxException("The sandbox refused {$method} /_sandbox/{$path}: {$said}");
    }
}
