<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

use ShoutoutOtp\Testing\Internal\Control;
use ShoutoutOtp\Testing\Internal\Process;
use ShoutoutOtp\Testing\Internal\Program;
use ShoutoutOtp\Testing\Internal\TimedOut;

/**
 * A local ShoutOUT that sends nothing, on a free port of this machine.
 *
 * Starts when it is made, and ends with {@see stop()}, with this object or
 * with this process, however that ends. PHPUnit has {@see SandboxTrait}.
 */
final class Sandbox
{
    /** A key for your client: the sandbox takes any. Never give it a real one. */
    public const API_KEY = 'made-up.for.tests';

    /** Where a browser sees the inbox. */
    public readonly string $url;

    /** For {@see \ShoutoutOtp\Options::$baseUrl}. */
    public readonly string $baseUrl;

    /** With the option `--tls`, for {@see \ShoutoutOtp\Options::$caFile}; gone when the sandbox is. */
    public readonly ?string $caFile;

    private readonly Process $process;
    private readonly Control $control;

    /**
     * @param ?string $binary path of the program; by default the environment's
     *     `SHOUTOUT_SANDBOX_BIN`, the one in this package, `shoutout-sandbox` on the `PATH`
     * @param list<string> $options more of its command line, such as `['--max-attempts', '3']`;
     *     the environment's settings, such as `SHOUTOUT_SANDBOX_MAX_ATTEMPTS`, do not count here
     *
     * @throws SandboxNotFoundException the message lists every place that was tried
     * @throws SandboxException it could not be started
     */
    public function __construct(?string $binary = null, array $options = [])
    {
        $this->process = new Process(Program::find($binary), $options);
        $this->url = (string) $this->process->ready['url'];
        $this->baseUrl = (string) $this->process->ready['base_url'];
        $this->caFile = $this->process->ready['ca_file'] ?? null;
        $this->control = new Control($this->url, $this->caFile);
    }

    /**
     * The code of the newest SMS to the number, which must be there already.
     * If your application sends in a queue, use {@see waitForSms()}.
     *
     * @throws NoSmsException there is none; the message says what came instead
     */
    public function lastCode(string $number): string
    {
        $messages = $this->messages($number);
        if ($messages === []) {
            throw new NoSmsException("There is no SMS to {$number}. {$this->inbox()}");
        }

        return $messages[array_key_last($messages)]->code;
    }

    /**
     * The first SMS to the number, as soon as it is there. One that came
     * before the call counts.
     *
     * @param string $number compared by its digits: `+94 77 123 4567` is `94771234567`
     * @param float $timeout seconds, up to 120
     * @param Sms|int $after only those that came after this one
     *
     * @throws NoSmsException none came in time; the message says what came instead
     */
    public function waitForSms(string $number, float $timeout = 10.0, Sms|int $after = 0): Sms
    {
        $seq = $after instanceof Sms ? $after->seq : $after;
        try {
            $query = ['to' => $number, 'timeout' => $timeout, 'after' => $seq];

            return Sms::from($this->control->get('wait', $query, $timeout)['message']);
        } catch (TimedOut) {
            $since = $seq === 0 ? '' : " after SMS {$seq}";
            throw new NoSmsException("No SMS to {$number} came within {$timeout} seconds{$since}. {$this->inbox()}");
        }
    }

    /**
     * The SMS to the number, or all, oldest first.
     *
     * @return list<Sms>
     */
    public function messages(?string $number = null): array
    {
        $found = $this->control->get('messages', $number === null ? [] : ['to' => $number]);

        return array_map(Sms::from(...), $found['messages']);
    }

    /** What goes wrong next. */
    public function faults(): Faults
    {
        return new Faults($this->control);
    }

    /** The clock by which codes expire. */
    public function clock(): Clock
    {
        return new Clock($this->control);
    }

    /** Empties the inbox, removes every fault and sets the clock right. */
    public function reset(): void
    {
        $this->control->post('reset');
    }

    /** Ends the sandbox; may be called again. */
    public function stop(): void
    {
        $this->process->stop();
    }

    private function inbox(): string
    {
        $messages = $this->messages();
        if ($messages === []) {
            return 'The inbox is empty.';
        }
        $newest = array_map(
            static fn (Sms $sms): string => $sms->destination,
            array_slice(array_reverse($messages), 0, 5),
        );

        return sprintf('The inbox holds %d, newest first to: %s', count($messages), implode(', ', $newest));
    }
}
