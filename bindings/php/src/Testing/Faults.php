<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

use ShoutoutOtp\Testing\Internal\Control;

/**
 * Faults strike the next requests that match, in the order in which they were
 * added; then all is well again. Every method that adds one takes:
 *
 * - `times`: how many requests it strikes
 * - `to`: only those about this number; a verification is about the one that its code was sent to
 * - `path`: only `send` or `verify`
 * - `probability`: chance that it strikes a request that matches; the dice are the same at each run
 */
final class Faults
{
    private const LONGEST_DELAY_SECONDS = 120;

    /** @internal */
    public function __construct(private readonly Control $control)
    {
    }

    /** This answer, and the request is not processed. */
    public function answer(
        int $status = 500,
        string $body = '',
        string $contentType = 'application/json',
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        $action = ['kind' => 'answer', 'status' => $status, 'body' => $body, 'content_type' => $contentType];

        return $this->add($action, $times, $to, $path, $probability);
    }

    /** 429 with `Retry-After` in seconds or as a date, and the request is not processed. */
    public function rateLimited(
        int|string $retryAfter = 7,
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        $action = ['kind' => 'rate_limited', 'retry_after' => (string) $retryAfter];

        return $this->add($action, $times, $to, $path, $probability);
    }

    /** The HTML page of a proxy that cannot reach the service: the request is not processed. */
    public function gatewayHtml(
        int $status = 502,
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        return $this->add(['kind' => 'gateway_html', 'status' => $status], $times, $to, $path, $probability);
    }

    /** The connection closes without an answer, and the request is not processed. */
    public function close(
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        return $this->add(['kind' => 'close'], $times, $to, $path, $probability);
    }

    /** The connection is reset without an answer, and the request is not processed. */
    public function reset(
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        return $this->add(['kind' => 'reset'], $times, $to, $path, $probability);
    }

    /**
     * The request is processed at once and answered so much later; before `body`,
     * half of that comes early.
     *
     * @param string $before `head` or `body`
     *
     * @throws \InvalidArgumentException that is less than nothing or more than 120 seconds
     */
    public function delay(
        float $seconds,
        string $before = 'head',
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        if (!($seconds >= 0 && $seconds <= self::LONGEST_DELAY_SECONDS)) {
            throw new \InvalidArgumentException(sprintf(
                'A delay takes at most %d seconds, and no less than 0: %s',
                self::LONGEST_DELAY_SECONDS,
                $seconds,
            ));
        }
        $action = ['kind' => 'delay', 'ms' => (int) round($seconds * 1000), 'before' => $before];

        return $this->add($action, $times, $to, $path, $probability);
    }

    /** The request is processed, and the connection closes in the middle of the answer. */
    public function truncated(
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        return $this->add(['kind' => 'truncated'], $times, $to, $path, $probability);
    }

    /** The request is processed, and half of its JSON is the whole answer. */
    public function invalidJson(
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        return $this->add(['kind' => 'invalid_json'], $times, $to, $path, $probability);
    }

    /**
     * The request is processed, and the connection closes without an answer.
     *
     * A send is in the inbox then, once: whoever sends again without a word to
     * the user has sent two SMS.
     */
    public function answerLost(
        int $times = 1,
        string $to = '',
        string $path = 'any',
        float $probability = 1.0,
    ): Fault {
        return $this->add(['kind' => 'answer_lost'], $times, $to, $path, $probability);
    }

    /** Removes all that wait. */
    public function clear(): void
    {
        $this->control->delete('faults');
    }

    /** @param array{kind: string} $action */
    private function add(array $action, int $times, string $to, string $path, float $probability): Fault
    {
        $added = $this->control->post('faults', [
            'path' => $path,
            'to' => $to,
            'times' => $times,
            'probability' => $probability,
            'do' => $action,
        ]);

        return new Fault($added['id'], $action['kind'], $this->control);
    }
}
