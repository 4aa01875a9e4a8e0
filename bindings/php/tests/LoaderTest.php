<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\LibraryNotLoadedException;
use ShoutoutOtp\Internal\Loader;
use ShoutoutOtp\Internal\Platform;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\OtherLibrary;
use ShoutoutOtp\Tests\Support\Process;

final class LoaderTest extends TestCase
{
    private const SONAME = 'libshoutout_otp.so.0';

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

    public function testALibraryIsBoundOncePerProcess(): void
    {
        self::assertSame(Loader::load(Artefact::library()), Loader::load(Artefact::library()));
    }

    public function testAnExplicitPathIsTheOnlyOne(): void
    {
        $message = $this->messageFor('/nonexistent/lib.so');

        self::assertStringContainsString('/nonexistent/lib.so (given to the constructor): ', $message);
        self::assertStringContainsString('No such file or directory', $message);
        self::assertStringNotContainsString(self::SONAME, $message);
    }

    public function testAFileThatIsNoLibraryIsRefusedInTheLoadersWords(): void
    {
        self::assertStringContainsString('invalid ELF header', $this->messageFor(__FILE__));
    }

    public function testALibraryThatIsNotThisOneIsRefused(): void
    {
        $other = $this->compile('int unrelated(void) { return 1; }');

        self::assertStringContainsString('so_abi_version', $this->messageFor($other));
    }

    public function testAPathRelativeToTheWorkingDirectoryIsRefused(): void
    {
        symlink(Artefact::library(), $this->folder . '/here.so');
        $before = (string) getcwd();
        chdir($this->folder);
        try {
            foreach (['here.so', './here.so', ''] as $path) {
                self::assertStringContainsString('not an absolute path', $this->messageFor($path));
            }
        } finally {
            chdir($before);
        }
    }

    public function testANulByteInThePathIsRefused(): void
    {
        self::assertStringContainsString('NUL', $this->messageFor(Artefact::library() . "\0.bak"));
    }

    /** @dataProvider strangeAbiVersions */
    public function testAnotherAbiIsRefusedBeforeAnythingElseIsBound(int $version, string $name): void
    {
        $other = $this->compile("unsigned so_abi_version(void) { return {$version}u; }");

        self::assertStringContainsString("has ABI version {$name}, and this package", $this->messageFor($other));
    }

    /** @return array<string, array{int, string}> */
    public function strangeAbiVersions(): array
    {
        return [
            'another major' => [Loader::ABI_VERSION + (1 << 16), '1.1'],
            'another major with an older minor' => [1 << 16, '1.0'],
            'an older minor' => [Loader::ABI_VERSION - 1, '0.0'],
            'the highest' => [0xFFFF_FFFF, '65535.65535'],
        ];
    }

    public function testALaterMinorAbiFitsSinceItHasAllThatTheOlderOneHad(): void
    {
        // All but the version is found in what it is linked with.
        $later = $this->compile('unsigned so_abi_version(void) { return 0xFFFFu; }', Artefact::library());

        self::assertSame(0xFFFF, Loader::load($later)->abiVersion());
        self::assertSame('0.1.0', (new Client('key', null, $later))->libraryVersion());
    }

    public function testAMissingFunctionIsNamed(): void
    {
        $version = Loader::ABI_VERSION;
        $other = $this->compile("unsigned so_abi_version(void) { return {$version}u; }");

        self::assertStringContainsString('undefined symbol: so_', $this->messageFor($other));
    }

    public function testNothingFoundListsEveryPathTried(): void
    {
        $message = $this->load([])->output();

        self::assertStringContainsString("{$this->bundled()} (in this package): ", $message);
        self::assertStringContainsString(self::SONAME . " (the system's loader): " . self::SONAME, $message);
        self::assertSame(2, substr_count($message, 'No such file or directory'));
    }

    public function testNothingFoundSaysForWhichPlatformsThePackageHasALibrary(): void
    {
        self::assertStringContainsString(
            'This PHP runs on ' . Platform::name() . ', and this package has the library for no platform.',
            $this->load([])->output(),
        );

        mkdir("{$this->folder}/lib/plan9-vax-libc", recursive: true);
        mkdir("{$this->folder}/lib/linux-pdp11-gnu");
        self::assertStringContainsString('for linux-pdp11-gnu, plan9-vax-libc.', $this->load([])->output());
    }

    public function testTheSystemsLoaderIsAskedLast(): void
    {
        $system = $this->folder . '/system';
        mkdir($system);
        symlink(Artefact::library(), $system . '/' . self::SONAME);

        $found = $this->load(['LD_LIBRARY_PATH' => $system]);
        self::assertSame(self::SONAME . "\n", $found->output());

        mkdir(dirname($this->bundled()), recursive: true);
        symlink(Artefact::library(), $this->bundled());
        $found = $this->load(['LD_LIBRARY_PATH' => $system]);
        self::assertSame("{$this->bundled()}\n", $found->output());

        $found = $this->load(['LD_LIBRARY_PATH' => $system, 'SHOUTOUT_OTP_LIBRARY' => Artefact::library()]);
        self::assertSame(Artefact::library() . "\n", $found->output());

        $found = $this->load(['LD_LIBRARY_PATH' => $system, 'SHOUTOUT_OTP_LIBRARY' => '/nonexistent/lib.so']);
        self::assertStringContainsString('/nonexistent/lib.so (SHOUTOUT_OTP_LIBRARY): ', $found->output());
    }

    public function testDisabledFfiIsSaidWithTheIniLinesAndWhereTheyGo(): void
    {
        $message = $this->load([], '-d', 'ffi.enable=false')->output();

        self::assertStringContainsString('FFI is disabled by ffi.enable.', $message);
        self::assertStringContainsString(
            'Put into ' . PHP_CONFIG_FILE_SCAN_DIR . "/99-shoutout-otp.ini, and restart PHP:\n    ffi.enable=true\n",
            $message,
        );
        self::assertStringContainsString("    opcache.preload={$this->folder}/preload.php\n", $message);
        // Root is who starts PHP-FPM, and not whom its workers run as.
        $user = posix_geteuid() === 0 ? 'www-data' : posix_getpwuid(posix_geteuid())['name'];
        self::assertStringContainsString("    opcache.preload_user={$user}\n", $message);
    }

    public function testAMissingFfiExtensionIsSaidWithTheIniLine(): void
    {
        $message = $this->load([], '-n')->output();

        self::assertStringContainsString("99-shoutout-otp.ini:\n    extension=ffi\n", $message);
    }

    private function messageFor(string $library): string
    {
        try {
            new Client('key', null, $library);
        } catch (LibraryNotLoadedException $e) {
            self::assertSame(Delivery::NotSent, $e->getDelivery());

            return $e->getMessage();
        }
        self::fail($library . ' was loaded');
    }

    /**
     * Loads the library in a process and a copy of the package of its own,
     * which prints the path or the message.
     *
     * @param array<string, string> $environment
     */
    private function load(array $environment, string ...$ini): Process
    {
        if (!is_dir($this->folder . '/src')) {
            $package = dirname(__DIR__);
            $parts = ["{$package}/src", "{$package}/autoload.php"];
            (new Process(['cp', '-r', ...$parts, $this->folder]))->finish();
        }

        return Process::php([...$ini, __DIR__ . '/fixtures/load.php', $this->folder], $environment);
    }

    /** Where the copy of the package has the library of this platform. */
    private function bundled(): string
    {
        return "{$this->folder}/lib/" . Platform::name() . '/libshoutout_otp.so';
    }

    private function compile(string $source, string ...$linked): string
    {
        OtherLibrary::compile($source, $this->folder . '/other.so', ...$linked);

        return $this->folder . '/other.so';
    }
}
