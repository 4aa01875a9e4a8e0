<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

/**
 * A child process that ends when its standard input does.
 */
final class Process
{
    private const PATIENCE_SECONDS = 30;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    private string $output = '';

    private ?int $exitCode = null;

    /**
     * @param list<string> $command
     * @param array<string, string> $environment beside PATH, all that the child sees
     */
    public function __construct(array $command, array $environment = [])
    {
        $environment += ['PATH' => (string) getenv('PATH')];
        $streams = [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]];
        $process = proc_open($command, $streams, $this->pipes, '/', $environment);
        if ($process === false) {
            throw new \RuntimeException('cannot start ' . implode(' ', $command));
        }
        $this->process = $process;
    }

    /**
     * Runs a PHP script, with the FFI of the command line, to its end.
     *
     * @param list<string> $arguments
     * @param array<string, string> $environment
     */
    public static function php(array $arguments, array $environment = []): self
    {
        $process = new self([PHP_BINARY, ...$arguments], $environment);
        $process->finish();

        return $process;
    }

    public function write(string $input): void
    {
        fwrite($this->pipes[0], $input);
    }

    /** Reads until the output so far ends with this, and returns what was new. */
    public function readUntil(string $end): string
    {
        $new = '';
        while (!str_ends_with($new, $end)) {
            $ready = [$this->pipes[1]];
            $none = null;
            $byte = stream_select($ready, $none, $none, self::PATIENCE_SECONDS) === 1 ? fgetc($this->pipes[1]) : false;
            if ($byte === false) {
                throw new \RuntimeException('no "' . trim($end) . '" from the child; it wrote: ' . $this->output);
            }
            $new .= $byte;
            $this->output .= $byte;
        }

        return $new;
    }

    /**
     * The next line, which is JSON.
     *
     * @return array<string, mixed>
     */
    public function readJson(): array
    {
        return Json::decode($this->readUntil("\n"));
    }

    /** Ends the input, waits for the child and returns its exit code. */
    public function finish(): int
    {
        if ($this->exitCode === null) {
            fclose($this->pipes[0]);
            $this->output .= stream_get_contents($this->pipes[1]);
            fclose($this->pipes[1]);
            $this->exitCode = proc_close($this->process);
        }

        return $this->exitCode;
    }

    /** Everything that the child has written, standard error included. */
    public function output(): string
    {
        return $this->output;
    }

    public function __destruct()
    {
        $this->finish();
    }
}
