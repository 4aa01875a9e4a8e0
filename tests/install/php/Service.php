<?php

declare(strict_types=1);

namespace InstallTest;

/**
 * A program that tells in its first line where it serves, and ends with its standard input.
 */
final class Service
{
    /** @var array<string, mixed> */
    public readonly array $ready;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    public function __construct(string ...$command)
    {
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $this->pipes);
        $this->ready = $this->readLine();
    }

    /** The sandbox of the installed package, beside the library. */
    public static function sandbox(): self
    {
        $platform = 'linux-' . php_uname('m') . '-gnu';
        $program = Command::package() . "/lib/{$platform}/shoutout-sandbox";

        return new self($program, '--port', '0', '--exit-with-stdin');
    }

    /**
     * What it answers to a line.
     *
     * @return array<string, mixed>
     */
    public function ask(): array
    {
        fwrite($this->pipes[0], "\n");

        return $this->readLine();
    }

    public function __destruct()
    {
        fclose($this->pipes[0]);
        stream_get_contents($this->pipes[1]);
        proc_close($this->process);
    }

    /** @return array<string, mixed> */
    private function readLine(): array
    {
        return json_decode((string) fgets($this->pipes[1]), true, flags: JSON_THROW_ON_ERROR);
    }
}
