<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing\Internal;

use ShoutoutOtp\Testing\SandboxException;

/**
 * The sandbox as a child process, on a free port.
 *
 * It ends with its standard input, whose other end is this process's alone:
 * however PHP dies, the sandbox goes with it.
 *
 * @internal
 */
final class Process
{
    private const KILL = 9;

    /** @var array<string, mixed> the line that it prints when it can be used */
    public readonly array $ready;

    /** @var ?resource null once it has been stopped */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    /** That with which it ended by itself; null while it runs, and if it had to be killed. */
    private ?int $status = null;

    /**
     * @param list<string> $options
     * @param float $patience seconds after which the sandbox counts as stuck; it needs a fraction of one
     */
    public function __construct(string $program, array $options, private readonly float $patience = 30.0)
    {
        // A file, since a pipe that nobody reads may fill up and stop the sandbox.
        $errors = tmpfile();
        $command = [$program, '--port', '0', '--exit-with-stdin', ...$options];
        $process = $errors === false
            ? false
            : proc_open($command, [['pipe', 'r'], ['pipe', 'w'], $errors], $this->pipes, null, self::environment());
        if ($process === false) {
            throw new SandboxException($program . ' cannot be run');
        }
        $this->process = $process;

        $deadline = microtime(true) + $patience;
        $line = $this->readLine($deadline);
        $ready = json_decode($line, true);
        if (!is_array($ready) || !isset($ready['base_url'])) {
            // It is no sandbox, or is about to end: how it does, and all that it has to say.
            $said = $line . $this->stop(max(0.0, $deadline - microtime(true)));
            rewind($errors);
            $said .= stream_get_contents($errors);
            $how = $this->status === null
                ? "did not end within {$patience} seconds"
                : "ended with status {$this->status}";
            throw new SandboxException(trim("{$program} {$how} and was never ready. {$said}"));
        }
        $this->ready = $ready;
    }

    /** Ends it, for certain, and returns what it still said; may be called again. */
    public function stop(?float $patience = null): string
    {
        if ($this->process === null) {
            return '';
        }
        [$input, $output] = $this->pipes;
        fclose($input);
        // It has ended when its output has; proc_close() alone might wait for ever.
        $deadline = microtime(true) + ($patience ?? $this->patience);
        $said = '';
        do {
            $read = self::isReadable($output, $deadline) ? (string) fread($output, 8192) : null;
            $said .= $read;
        } while ($read !== null && $read !== '');
        if ($read === null) {
            proc_terminate($this->process, self::KILL);
        }
        fclose($output);
        $status = proc_close($this->process);
        $this->status = $read === null ? null : $status;
        $this->process = null;

        return $said;
    }

    /**
     * This process's, but for the settings of the sandbox that the developer
     * keeps open: tests are the same everywhere.
     *
     * @return array<string, string>
     */
    private static function environment(): array
    {
        $isOurs = static fn (string $name): bool => !str_starts_with($name, 'SHOUTOUT_SANDBOX_');

        return array_filter(getenv(), $isOurs, ARRAY_FILTER_USE_KEY);
    }

    /** The first line, or what there is of it before the deadline. */
    private function readLine(float $deadline): string
    {
        $line = '';
        while (!str_ends_with($line, "\n") && self::isReadable($this->pipes[1], $deadline)) {
            $read = fgetc($this->pipes[1]);
            if ($read === false) {
                break;
            }
            $line .= $read;
        }

        return $line;
    }

    /**
     * Whether there is something to read, be it the end, before the deadline.
     *
     * @param resource $stream
     */
    private static function isReadable($stream, float $deadline): bool
    {
        $ready = [$stream];
        $none = null;
        $left = max(0.0, $deadline - microtime(true));
        $microseconds = (int) (fmod($left, 1) * 1_000_000);

        return stream_select($ready, $none, $none, (int) $left, $microseconds) === 1;
    }
}
