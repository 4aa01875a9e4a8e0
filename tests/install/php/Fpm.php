<?php

declare(strict_types=1);

namespace InstallTest;

use PHPUnit\Framework\Assert;

/**
 * A PHP-FPM with one worker: the distribution's own settings, and a file of ini lines beside them.
 */
final class Fpm
{
    public const ROOT = 'a master that is root';
    public const NOBODY = 'a master of another user';

    private const PATIENCE_SECONDS = 30;
    private const NOBODYS_ID = '65534';

    private readonly string $folder;

    /** @var ?resource */
    private $process;

    /** @param list<string> $poolLines */
    public function __construct(private readonly string $master, string $ini, array $poolLines = [])
    {
        $this->folder = dirname(Command::project()) . '/fpm-' . bin2hex(random_bytes(8));
        mkdir("{$this->folder}/conf.d", recursive: true);
        file_put_contents("{$this->folder}/conf.d/99-shoutout-otp.ini", $ini);
        file_put_contents("{$this->folder}/fpm.conf", implode("\n", [
            '[global]',
            "error_log = {$this->folder}/log",
            '[www]',
            'user = www-data',
            "listen = {$this->folder}/socket",
            'pm = static',
            'pm.max_children = 1',
            ...$poolLines,
            '',
        ]));
        // Its own user makes the socket, and an ordinary one reads all this.
        chmod($this->folder, 0777);
    }

    public function start(): void
    {
        $output = ['file', "{$this->folder}/output", 'a'];
        $command = [...$this->asItsUser(), ...$this->command(), '--nodaemonize'];
        $streams = [['file', '/dev/null', 'r'], $output, $output];
        $this->process = proc_open($command, $streams, $pipes, '/', $this->environment());
        $deadline = microtime(true) + self::PATIENCE_SECONDS;
        while (!file_exists("{$this->folder}/socket")) {
            Assert::assertTrue(proc_get_status($this->process)['running'], "PHP-FPM did not start: {$this->log()}");
            Assert::assertLessThan($deadline, microtime(true), "PHP-FPM does not listen: {$this->log()}");
            usleep(10_000);
        }
    }

    /**
     * What the page answers to a request with these parameters.
     *
     * @param array<string, string> $parameters
     *
     * @return array<string, mixed>
     */
    public function request(array $parameters): array
    {
        $page = Command::project() . '/page.php';
        $cgi = ['SCRIPT_FILENAME' => $page, 'SCRIPT_NAME' => '/page.php', 'REQUEST_METHOD' => 'GET'];
        $client = ['cgi-fcgi', '-bind', '-connect', "{$this->folder}/socket"];
        $answer = Command::run($client, $cgi + ['QUERY_STRING' => ''] + $parameters)->output;
        [$head, $body] = explode("\r\n\r\n", $answer, 2) + ['', ''];
        Assert::assertStringContainsString('application/json', $head, $answer . $this->log());

        return json_decode($body, true, flags: JSON_THROW_ON_ERROR);
    }

    /** The installed package's doctor, about this PHP-FPM, asked by whoever starts it. */
    public function doctor(): Command
    {
        $doctor = ['vendor/bin/shoutout-otp', 'doctor', '--fpm=' . implode(' ', $this->command())];

        return Command::run([...$this->asItsUser(), ...$doctor], $this->environment());
    }

    public function log(): string
    {
        return implode(array_map(file_get_contents(...), glob("{$this->folder}/{output,log}", GLOB_BRACE)));
    }

    public function __destruct()
    {
        if ($this->process !== null) {
            proc_terminate($this->process);
            proc_close($this->process);
        }
        Command::run(['rm', '-r', $this->folder]);
    }

    /** @return list<string> */
    private function command(): array
    {
        $version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;

        return ["/usr/sbin/php-fpm{$version}", '-y', "{$this->folder}/fpm.conf"];
    }

    /**
     * How its user runs a program, which ends with whoever started it.
     *
     * @return list<string>
     */
    private function asItsUser(): array
    {
        $child = ['setpriv', '--pdeathsig=TERM'];
        if ($this->master === self::ROOT) {
            return $child;
        }
        $id = self::NOBODYS_ID;

        // Who is not root, is it only in the user namespace that hides the sources.
        return self::isRoot()
            ? [...$child, "--reuid={$id}", "--regid={$id}", '--clear-groups']
            : ['unshare', '--user', "--map-user={$id}", "--map-group={$id}", ...$child];
    }

    public static function isRoot(): bool
    {
        return getenv('SHOUTOUT_TEST_IS_ROOT') === 'yes';
    }

    /** @return array<string, string> */
    private function environment(): array
    {
        // The empty name stands for the built-in folder.
        return ['PATH' => (string) getenv('PATH'), 'PHP_INI_SCAN_DIR' => ":{$this->folder}/conf.d"];
    }
}
