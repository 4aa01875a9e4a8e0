<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Internal\Platform;
use ShoutoutOtp\Testing\Internal\Process as SandboxProcess;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Testing\SandboxException;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Process;

/**
 * Where the sandbox is found, and that it never outlives whoever started it.
 */
final class SandboxProcessTest extends TestCase
{
    private const NAME = 'shoutout-sandbox';

    /** Not among the system's, so that nothing is found by chance. */
    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/shoutout-otp-' . bin2hex(random_bytes(8));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        (new Process(['rm', '-r', $this->folder]))->finish();
    }

    public function testWithoutASandboxEveryPlaceThatWasTriedIsTold(): void
    {
        $told = explode("\n", $this->find(['PATH' => '/nowhere']));

        self::assertSame([
            '  SHOUTOUT_SANDBOX_BIN: not set',
            "  {$this->shipped()} (in this package): no such file",
            '  shoutout-sandbox (on the PATH): not found in /nowhere',
        ], array_slice($told, 1, 3));
    }

    public function testWithoutASandboxItIsToldHowToBuildOneAndWhereToNameIt(): void
    {
        $told = $this->find(['PATH' => '/nowhere']);

        self::assertStringContainsString("\nName the program shoutout-sandbox in SHOUTOUT_SANDBOX_BIN.", $told);
        self::assertSame(1, preg_match('/`(.+)`/', $told, $build));
        $makefile = (string) file_get_contents(Artefact::root() . '/Makefile');
        self::assertStringContainsString("\t{$build[1]}\n", $makefile);
    }

    public function testItIsLookedForAsNamedThenInThePackageThenOnThePath(): void
    {
        mkdir($this->folder . '/bin');
        $onThePath = $this->script('bin/' . self::NAME, '');
        $environment = ['PATH' => "/nowhere:{$this->folder}/bin"];
        self::assertSame($onThePath, $this->find($environment));

        mkdir(dirname($this->shipped()), recursive: true);
        $shipped = $this->script(substr($this->shipped(), strlen($this->folder) + 1), '');
        self::assertSame($shipped, $this->find($environment));

        $environment['SHOUTOUT_SANDBOX_BIN'] = Artefact::sandbox();
        self::assertSame(realpath(Artefact::sandbox()), $this->find($environment));
        self::assertSame($shipped, $this->find($environment, $shipped));
    }

    public function testTheOneInThePackageIsMadeExecutableIfItWasUnpackedWithoutItsPermissions(): void
    {
        mkdir(dirname($this->shipped()), recursive: true);
        copy(Artefact::sandbox(), $this->shipped());
        chmod($this->shipped(), 0644);

        self::assertSame($this->shipped(), $this->find(['PATH' => '/nowhere']));
        self::assertTrue(is_executable($this->shipped()));
    }

    public function testOneThatSomebodyNamedIsTheOnlyOneTried(): void
    {
        $this->script(self::NAME, '');
        $environment = ['PATH' => $this->folder];

        self::assertStringContainsString(
            "  /nowhere/typo (given to the constructor): no such file\n",
            $this->find($environment, '/nowhere/typo'),
        );
        self::assertStringContainsString(
            '  shoutout-sandbox (SHOUTOUT_SANDBOX_BIN): no such file',
            $this->find($environment + ['SHOUTOUT_SANDBOX_BIN' => self::NAME]),
        );
        self::assertStringContainsString('not an executable file', $this->find([], __FILE__));
    }

    public function testASandboxThatCannotStartSaysWhy(): void
    {
        $this->expectException(SandboxException::class);
        $this->expectExceptionMessageMatches('/was never ready\. .*--nonsense/');
        new Sandbox(Artefact::sandbox(), ['--nonsense']);
    }

    public function testOptionsReachTheSandbox(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox(), ['--seed', '4711']);

        $faults = (string) file_get_contents($sandbox->url . '/_sandbox/faults');
        self::assertStringContainsString('"seed":4711', $faults);
    }

    public function testTheSettingsOfTheDevelopersOwnSandboxDoNotCount(): void
    {
        putenv('SHOUTOUT_SANDBOX_SEED=4711');
        try {
            $sandbox = new Sandbox(Artefact::sandbox());
        } finally {
            putenv('SHOUTOUT_SANDBOX_SEED');
        }

        $faults = (string) file_get_contents($sandbox->url . '/_sandbox/faults');
        self::assertStringContainsString('"seed":1', $faults);
    }

    public function testAProgramOfAnotherKindIsToldAndNotLeftBehind(): void
    {
        foreach (['exec sleep 60', 'echo hello; exec sleep 60'] as $script) {
            self::assertStringContainsString(
                'other did not end within 0.2 seconds and was never ready.',
                self::refusal(fn () => new SandboxProcess($this->script('other', $script), [], patience: 0.2)),
            );
        }
    }

    public function testAProgramThatEndsInsteadIsToldWithItsOwnStatusAndAllThatItSaid(): void
    {
        self::assertMatchesRegularExpression(
            '/ ended with status 0 and was never ready\. .*--exit-with-stdin/s',
            self::refusal(static fn () => new Sandbox(Artefact::sandbox(), ['--help'])),
        );
        $talks = $this->script('talks', 'echo one; echo two >&2; read -r line; echo three; exit 7');
        self::assertStringEndsWith(
            "talks ended with status 7 and was never ready. one\nthree\ntwo",
            self::refusal(static fn () => new Sandbox($talks)),
        );
    }

    public function testOneThatDoesNotEndByItselfIsEnded(): void
    {
        $ready = '{"url":"http://x","base_url":"http://x"}';
        $process = new SandboxProcess($this->script('stubborn', "echo '{$ready}'; exec sleep 60"), [], patience: 0.2);
        $begun = microtime(true);
        $process->stop();

        self::assertLessThan(30, microtime(true) - $begun);
    }

    public function testAStoppedOneIsGoneAndMayBeStoppedAgain(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $sandbox->stop();
        $sandbox->stop();

        $this->expectException(SandboxException::class);
        $this->expectExceptionMessage("The sandbox at {$sandbox->url} does not answer: ");
        $sandbox->messages();
    }

    public function testItEndsWithTheLastReferenceToIt(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());

        $url = $sandbox->url;
        unset($sandbox);

        self::assertEnds($url);
    }

    public function testItEndsWithAPhpThatIsKilled(): void
    {
        $php = new Process(
            [PHP_BINARY, __DIR__ . '/fixtures/killed.php'],
            ['SHOUTOUT_SANDBOX_BIN' => Artefact::sandbox()],
        );
        $ready = $php->readJson();
        posix_kill($ready['pid'], SIGKILL);

        self::assertEnds($ready['url']);
    }

    /** Nobody can wait for the end of a process that is not his child, but its port is closed then. */
    private static function assertEnds(string $url): void
    {
        $deadline = microtime(true) + 30;
        while (is_resource(@stream_socket_client(str_replace('http://', 'tcp://', $url)))) {
            self::assertLessThan($deadline, microtime(true), 'it goes on');
        }
        self::assertTrue(true);
    }

    private static function refusal(\Closure $call): string
    {
        try {
            $call();
        } catch (SandboxException $e) {
            return $e->getMessage();
        }
        self::fail('It was taken for a sandbox.');
    }

    /** Where a copy of the package has it. */
    private function shipped(): string
    {
        return "{$this->folder}/lib/" . Platform::name() . '/' . self::NAME;
    }

    private function script(string $name, string $text): string
    {
        $path = "{$this->folder}/{$name}";
        file_put_contents($path, "#!/bin/sh\n{$text}\n");
        chmod($path, 0755);

        return $path;
    }

    /**
     * Where a copy of the package finds the sandbox, or why not.
     *
     * @param array<string, string> $environment
     */
    private function find(array $environment, string ...$path): string
    {
        if (!is_dir($this->folder . '/src')) {
            $package = dirname(__DIR__);
            (new Process(['cp', '-r', "{$package}/src", "{$package}/autoload.php", $this->folder]))->finish();
        }

        return trim(Process::php([__DIR__ . '/fixtures/find.php', $this->folder, ...$path], $environment)->output());
    }
}
