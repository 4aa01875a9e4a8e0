<?php

declare(strict_types=1);

namespace InstallTest;

use PHPUnit\Framework\TestCase;

/**
 * The installed package in a real PHP-FPM, by the recipes of docs/install-php.md.
 */
final class FpmTest extends TestCase
{
    private const REQUESTS = 100;

    private static ?Service $echo = null;
    private static string $caFile;

    public static function setUpBeforeClass(): void
    {
        self::$caFile = (string) tempnam(sys_get_temp_dir(), 'shoutout-ca');
        self::$echo = new Service((string) getenv('SHOUTOUT_TEST_ECHO_SERVICE'), self::$caFile);
        chmod(self::$caFile, 0644);
    }

    public static function tearDownAfterClass(): void
    {
        self::$echo = null;
        unlink(self::$caFile);
    }

    /**
     * @dataProvider recipesThatWork
     *
     * @param list<string> $poolLines
     */
    public function testAHundredRequestsOfAWorkerOpenOneConnection(
        string $master,
        \Closure $recipe,
        array $poolLines,
        bool $mayOthersUseFfi,
        string $library,
    ): void {
        $fpm = $this->start($master, $recipe(), $poolLines);
        foreach (['plain' => 'url', 'tls' => 'tls_url'] as $transport => $url) {
            $parameters = [
                'SHOUTOUT_API_KEY' => 'made-up.for.tests',
                'SHOUTOUT_BASE_URL' => self::$echo->ready[$url],
            ] + ($transport === 'tls' ? ['CA_FILE' => self::$caFile] : []);
            $before = self::$echo->ask()[$transport];
            $workers = [];
            for ($i = 0; $i < self::REQUESTS; $i++) {
                $destination = (string) (94_770_000_000 + $i);
                $answer = $fpm->request($parameters + ['DESTINATION' => $destination]);
                self::assertSame("for-{$destination}", $answer['reference_id'] ?? null, $answer['error'] ?? '');
                $workers[$answer['pid']] = $answer;
            }
            $after = self::$echo->ask()[$transport];

            self::assertCount(1, $workers);
            self::assertSame(self::REQUESTS, $after['requests'] - $before['requests']);
            self::assertSame(1, $after['connections'] - $before['connections'], $transport);
        }

        self::assertSame($mayOthersUseFfi, $answer['others_may_use_ffi']);
        self::assertStringStartsWith($library, $answer['library']);
        self::assertNotSame(0, $answer['uid']);
        self::assertStringNotContainsString('Warning', $fpm->log());
        self::assertStringContainsString("\nok           PHP-FPM", $fpm->doctor()->output);
    }

    /** @return iterable<string, array{string, \Closure, list<string>, bool, string}> */
    public function recipesThatWork(): iterable
    {
        $bundled = Command::package() . '/lib/';
        foreach ([Fpm::ROOT, Fpm::NOBODY] as $master) {
            yield "restricted and preloaded, {$master}" => [$master, self::preloaded(...), [], false, $bundled];
            yield "restricted and preloaded, library too, {$master}" => [
                $master,
                self::preloadedWithItsLibrary(...),
                [],
                false,
                'ffi.preload=',
            ];
            yield "ffi.enable=true, {$master}" => [$master, fn (): string => "ffi.enable=true\n", [], true, $bundled];
        }
        $pool = ['php_admin_value[ffi.enable] = true'];
        yield 'ffi.enable=true for one pool' => [Fpm::NOBODY, fn (): string => '', $pool, true, $bundled];
    }

    public function testWithoutARecipeTheErrorHasTheLinesOfBothAndTheDoctorTheSame(): void
    {
        $fpm = $this->start(Fpm::NOBODY, '');
        $error = $fpm->request(self::toThePlainService())['error'];

        self::assertStringStartsWith('FFI is restricted: ffi.enable is "preload", and this package was not', $error);
        $doctor = $fpm->doctor();
        self::assertSame(1, $doctor->status);
        self::assertStringContainsString("\nFAULT        PHP-FPM    pool www: ", $doctor->output);
        foreach (['    ffi.enable=true', ...explode("\n", trim(self::preloaded('nobody')))] as $line) {
            self::assertStringContainsString("{$line}\n", $error);
        }
        foreach (['    ffi.enable=true', ...explode("\n", trim(self::preloaded()))] as $line) {
            self::assertStringContainsString("{$line}\n", $doctor->output);
        }
    }

    public function testWhatTheErrorSaysIsWhatHelps(): void
    {
        $without = $this->start(Fpm::NOBODY, '');
        $error = $without->request(self::toThePlainService())['error'];
        self::assertSame(2, preg_match_all('/^((?: {4}\S.*\n)+)/m', $error, $recipes));

        foreach ($recipes[1] as $ini) {
            $answer = $this->start(Fpm::NOBODY, $ini)->request(self::toThePlainService());
            self::assertArrayHasKey('reference_id', $answer, $ini);
        }
    }

    public function testAnApplicationThatPreloadsAFileOfItsOwnIsToldToRequireThePackagesFromIt(): void
    {
        $own = Command::project() . '/preload-of-the-application.php';
        file_put_contents($own, "<?php\n");
        $ini = "opcache.preload={$own}\n";
        $error = $this->start(Fpm::NOBODY, $ini)->request(self::toThePlainService())['error'];

        $pattern = '/Put into (\S+), which is preloaded, .*\n    (require .*;)\n/';
        self::assertSame(1, preg_match($pattern, $error, $told), $error);
        self::assertSame($own, $told[1]);
        file_put_contents($own, "<?php\n{$told[2]}\n");
        self::assertArrayHasKey('reference_id', $this->start(Fpm::NOBODY, $ini)->request(self::toThePlainService()));
    }

    public function testAMasterThatIsRootAndHasNoUserToPreloadAsDoesNotStartAndTheDoctorSaysSo(): void
    {
        $this->requireRootFor(Fpm::ROOT);
        $ini = (string) preg_replace('/^opcache.preload_user.*$/m', '', self::preloaded());
        $fpm = new Fpm(Fpm::ROOT, $ini);

        $doctor = $fpm->doctor();
        self::assertSame(1, $doctor->status);
        self::assertStringContainsString('"opcache.preload_user" has not been defined', $doctor->output);
    }

    /** @return array<string, string> */
    private static function toThePlainService(): array
    {
        return [
            'SHOUTOUT_API_KEY' => 'key',
            'SHOUTOUT_BASE_URL' => self::$echo->ready['url'],
            'DESTINATION' => '94770000000',
        ];
    }

    private static function preloaded(string ...$user): string
    {
        return Command::shoutoutOtp(['preload-ini', ...$user])->output;
    }

    private static function preloadedWithItsLibrary(): string
    {
        $header = Command::project() . '/shoutout_otp.h';
        file_put_contents($header, Command::shoutoutOtp(['preload-header'])->output);

        return self::preloaded() . "ffi.preload={$header}\n";
    }

    /** @param list<string> $poolLines */
    private function start(string $master, string $ini, array $poolLines = []): Fpm
    {
        $this->requireRootFor($master);
        $fpm = new Fpm($master, $ini, $poolLines);
        $fpm->start();

        return $fpm;
    }

    private function requireRootFor(string $master): void
    {
        if ($master === Fpm::ROOT && !Fpm::isRoot()) {
            self::markTestSkipped('NOT RUN: needs root');
        }
    }
}
