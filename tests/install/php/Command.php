<?php

declare(strict_types=1);

namespace InstallTest;

/**
 * A program that has run to its end, in the folder of the project that the package was installed in.
 */
final class Command
{
    private function __construct(public readonly int $status, public readonly string $output)
    {
    }

    /**
     * @param list<string> $command
     * @param array<string, string> $environment beside PATH, all that it sees
     */
    public static function run(array $command, array $environment = []): self
    {
        $environment += ['PATH' => (string) getenv('PATH')];
        $streams = [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]];
        $process = proc_open($command, $streams, $pipes, self::project(), $environment);
        $output = (string) stream_get_contents($pipes[1]);

        return new self(proc_close($process), $output);
    }

    /**
     * The package's own, as an application has it.
     *
     * @param list<string> $arguments
     * @param array<string, string> $environment
     */
    public static function shoutoutOtp(array $arguments, array $environment = []): self
    {
        return self::run(['vendor/bin/shoutout-otp', ...$arguments], $environment);
    }

    public static function project(): string
    {
        return (string) getenv('SHOUTOUT_TEST_PROJECT');
    }

    /** Where Composer has put the package. */
    public static function package(): string
    {
        return self::project() . '/vendor/shoutout-otp/shoutout-otp';
    }
}
