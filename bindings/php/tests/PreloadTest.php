<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Internal\Loader;
use ShoutoutOtp\Internal\PreloadHeader;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\OtherLibrary;
use ShoutoutOtp\Tests\Support\Process;

/**
 * `ffi.preload` and `opcache.preload`, as far as the command line has them;
 * tests/install has them in PHP-FPM.
 */
final class PreloadTest extends TestCase
{
    private const PACKAGE = __DIR__ . '/..';

    private string $header;

    protected function setUp(): void
    {
        $this->header = (string) tempnam(sys_get_temp_dir(), 'shoutout-otp');
        file_put_contents($this->header, PreloadHeader::for(Artefact::library()));
    }

    protected function tearDown(): void
    {
        unlink($this->header);
    }

    public function testALibraryBoundWhenPhpStartedComesBeforeAnyPath(): void
    {
        $loaded = $this->load(['SHOUTOUT_OTP_LIBRARY' => '/nonexistent/lib.so']);

        self::assertSame("ffi.preload={$this->header}\n", $loaded->output());
        self::assertSame(0, $loaded->finish());
    }

    public function testHeadersOfOthersLeaveTheSearchAsItIs(): void
    {
        $others = "#define FFI_SCOPE \"others\"\n#define FFI_LIB \"libc.so.6\"\nint abs(int);\n";
        file_put_contents($this->header, $others);

        $loaded = $this->load(['SHOUTOUT_OTP_LIBRARY' => Artefact::library()]);
        self::assertSame(Artefact::library() . "\n", $loaded->output());
    }

    public function testAHeaderOfAnotherVersionIsRefusedAndSaysHowToMakeItAgain(): void
    {
        $header = Artefact::read($this->header);
        $other = str_replace('_ABI = ' . Loader::ABI_VERSION, '_ABI = ' . (Loader::ABI_VERSION - 1), $header);
        self::assertNotSame($header, $other);
        file_put_contents($this->header, $other);

        $loaded = $this->load(['SHOUTOUT_OTP_LIBRARY' => Artefact::library()]);
        self::assertSame(1, $loaded->finish());
        self::assertStringStartsWith("The header of ffi.preload={$this->header} was made by", $loaded->output());
        self::assertStringContainsString('vendor/bin/shoutout-otp preload-header', $loaded->output());
    }

    public function testAPreloadedLibraryOfAnotherAbiIsRefused(): void
    {
        $other = $this->header . '.so';
        OtherLibrary::compile('unsigned so_abi_version(void) { return 0; }', $other, Artefact::library());
        file_put_contents($this->header, PreloadHeader::for($other));

        $output = $this->load([])->output();
        unlink($other);
        self::assertStringContainsString('has ABI version 0.0, and this', $output);
    }

    public function testEverythingThatAnApplicationUsesIsPreloadedAndNothingThatOnlyTheCommandLineUses(): void
    {
        $preloaded = self::preload(realpath(self::PACKAGE . '/preload.php'));

        $expected = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(self::PACKAGE . '/src')) as $file) {
            $path = (string) $file->getRealPath();
            if (str_ends_with($path, '.php') && preg_match('~src/(Testing|Internal/Doctor)/~', $path) === 0) {
                $expected[] = $path;
            }
        }
        self::assertNotEmpty($expected);
        self::assertEqualsCanonicalizing($expected, array_values(preg_grep('~/src/~', $preloaded)));
    }

    public function testAnApplicationsOwnPreloadFileMayRequireThisOneWhateverItHasLoadedBefore(): void
    {
        $autoload = realpath(self::PACKAGE . '/autoload.php');
        $preload = realpath(self::PACKAGE . '/preload.php');
        $own = "<?php require '{$autoload}'; class_exists(ShoutoutOtp\\Client::class); require '{$preload}';\n";
        file_put_contents($this->header, $own);

        self::assertContains(realpath(self::PACKAGE . '/src/Internal/Loader.php'), self::preload($this->header));
    }

    /**
     * The scripts that PHP has preloaded, if it warned of nothing.
     *
     * @return list<string>
     */
    private static function preload(string $file): array
    {
        $options = ['-d', 'opcache.enable_cli=1', '-d', "opcache.preload={$file}", '-d', 'opcache.preload_user=root'];
        $show = 'echo json_encode(opcache_get_status()["preload_statistics"]["scripts"]);';
        $php = Process::php(['-d', 'display_errors=1', ...$options, '-r', $show]);
        self::assertSame(0, $php->finish(), $php->output());
        self::assertStringStartsWith('[', $php->output());

        return json_decode($php->output(), true);
    }

    /** @param array<string, string> $environment */
    private function load(array $environment): Process
    {
        $script = [__DIR__ . '/fixtures/load.php', self::PACKAGE];

        return Process::php(['-d', "ffi.preload={$this->header}", ...$script], $environment);
    }
}
