<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Internal\PreloadHeader;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\FakeFpm;
use ShoutoutOtp\Tests\Support\Process;

/**
 * The command `shoutout-otp`; tests/install has it beside a real PHP-FPM.
 */
final class DoctorTest extends TestCase
{
    private const COMMAND = __DIR__ . '/../bin/shoutout-otp';
    private const KEY = 'a-key.that-nobody.may-see';

    public function testItSaysWhatWasLoadedFromWhere(): void
    {
        $report = $this->doctor();

        self::assertSame(0, $report->finish(), $report->output());
        self::assertMatchesRegularExpression(self::line('ok', 'library', '0.1.0, ABI 0.1, /'), $report->output());
        self::assertStringContainsString(Artefact::library(), $report->output());
        self::assertMatchesRegularExpression(self::line('ok', 'sandbox', 'shoutout-sandbox 0.1.0'), $report->output());
        self::assertMatchesRegularExpression(self::line('NOT CHECKED', 'PHP-FPM', ''), $report->output());
        self::assertMatchesRegularExpression(self::line('NOT CHECKED', 'service', ''), $report->output());
        self::assertStringEndsWith("not everything is known to work: see above.\n", $report->output());
    }

    public function testALibraryThatCannotBeLoadedIsAFaultThatHidesNoOther(): void
    {
        $report = $this->doctor(['SHOUTOUT_OTP_LIBRARY' => '/nonexistent/lib.so', 'SHOUTOUT_API_KEY' => self::KEY]);

        self::assertSame(1, $report->finish());
        self::assertMatchesRegularExpression(self::line('FAULT', 'library', ''), $report->output());
        self::assertStringContainsString('/nonexistent/lib.so (SHOUTOUT_OTP_LIBRARY): ', $report->output());
        self::assertMatchesRegularExpression(self::line('ok', 'sandbox', ''), $report->output());
        self::assertMatchesRegularExpression(self::line('NOT CHECKED', 'service', 'Mend'), $report->output());
    }

    public function testASandboxIsMissedOnlyWhereSomebodyNamedOne(): void
    {
        $report = $this->doctor(['SHOUTOUT_SANDBOX_BIN' => '', 'PATH' => dirname(PHP_BINARY)]);
        self::assertSame(0, $report->finish(), $report->output());
        self::assertStringContainsString('Only tests need it.', $report->output());

        $report = $this->doctor(['SHOUTOUT_SANDBOX_BIN' => '/nonexistent/sandbox']);
        self::assertSame(1, $report->finish());
        self::assertMatchesRegularExpression(self::line('FAULT', 'sandbox', ''), $report->output());
    }

    public function testTheServiceIsReachedWithoutAnSms(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $report = $this->doctor($this->settings($sandbox));

        self::assertSame(0, $report->finish(), $report->output());
        self::assertMatchesRegularExpression(self::line('ok', 'service', 'It answered'), $report->output());
        self::assertSame([], $sandbox->messages());
    }

    /** @dataProvider answersThatAreFaults */
    public function testAServiceThatCannotBeRightIsAFault(int $status, string $body, string $told): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $sandbox->faults()->answer(status: $status, body: $body);
        $report = $this->doctor($this->settings($sandbox));

        self::assertSame(1, $report->finish());
        self::assertMatchesRegularExpression(self::line('FAULT', 'service', ''), $report->output());
        self::assertStringContainsString($told, $report->output());
    }

    /** @return array<string, array{int, string, string}> */
    public function answersThatAreFaults(): array
    {
        return [
            'the key is refused' => [403, '{"message":"Forbidden"}', 'Forbidden'],
            'nothing is there' => [404, '{"message":"Not Found"}', 'Not Found'],
            'it is out of order' => [503, '{"message":"Service Unavailable"}', 'Service Unavailable'],
            'it verifies what was never sent' => [
                200,
                '{"referenceId":"shoutout-otp-doctor","statusCode":"1000","description":"verified"}',
                'It verified a code that was never sent',
            ],
        ];
    }

    public function testTheKeyIsNotShownWhereverItStands(): void
    {
        $report = $this->doctor([
            'SHOUTOUT_API_KEY' => self::KEY,
            'SHOUTOUT_OTP_LIBRARY' => '/' . self::KEY,
            'SHOUTOUT_SANDBOX_BIN' => '/' . self::KEY,
        ]);

        self::assertStringContainsString('/(the API key) (SHOUTOUT_OTP_LIBRARY)', $report->output());
        self::assertStringNotContainsString(self::KEY, $report->output());
    }

    /** @dataProvider settingsOfFpm */
    public function testPhpFpmIsJudgedByItsOwnSettings(FakeFpm $fpm, string $verdict, string $told): void
    {
        $report = $this->doctor([], '--fpm=' . $fpm->command());

        self::assertSame($verdict === 'FAULT' ? 1 : 0, $report->finish(), $report->output());
        self::assertMatchesRegularExpression(self::line($verdict, 'PHP-FPM', ''), $report->output());
        self::assertStringContainsString($told, $report->output());
    }

    /** @return iterable<string, array{FakeFpm, string, string}> */
    public function settingsOfFpm(): iterable
    {
        $ours = (string) realpath(__DIR__ . '/../preload.php');
        $preload = ['opcache.preload' => $ours, 'opcache.preload_user' => 'www-data'];

        yield 'on' => [new FakeFpm(['ffi.enable' => 'On']), 'ok', 'pool www: ffi.enable is on'];
        $line = 'php_admin_value[ffi.enable] = ';
        yield 'on for the pool' => [new FakeFpm([], "{$line}1"), 'ok', 'pool www: ffi.enable is on'];
        yield 'preloaded' => [new FakeFpm($preload), 'ok', 'this package is preloaded'];
        yield 'restricted' => [new FakeFpm([]), 'FAULT', "opcache.preload={$ours}\n"];
        yield 'restricted, of a user' => [new FakeFpm([], 'user = shop'), 'FAULT', "opcache.preload_user=shop\n"];
        yield 'restricted, where' => [new FakeFpm([]), 'FAULT', 'Put into /etc/fake/conf.d/99-shoutout-otp.ini'];
        yield 'off' => [new FakeFpm(['ffi.enable' => 'Off'] + $preload), 'FAULT', 'ffi.enable is "Off"'];
        yield 'off for the pool' => [new FakeFpm($preload, "{$line}0"), 'FAULT', 'ffi.enable is "0"'];
        yield 'no FFI' => [new FakeFpm(['FFI support' => null]), 'FAULT', "    extension=ffi\n"];
        yield 'preloaded without opcache' => [
            new FakeFpm(['Opcode Caching' => 'Disabled'] + $preload),
            'FAULT',
            'opcache.enable=1',
        ];
        yield 'preloaded as nobody said who' => [
            new FakeFpm(['opcache.preload_user' => null] + $preload),
            'DOUBTFUL',
            'a master that is root needs opcache.preload_user',
        ];
        yield 'another file is preloaded' => [
            new FakeFpm(['opcache.preload' => '/app/preload.php']),
            'DOUBTFUL',
            "    require '{$ours}';",
        ];
    }

    public function testEachPoolOfPhpFpmIsJudged(): void
    {
        $fpm = new FakeFpm([], 'php_admin_value[ffi.enable] = 1', '[other]', 'user = other');
        $report = $this->doctor([], '--fpm=' . $fpm->command());

        self::assertMatchesRegularExpression(self::line('ok', 'PHP-FPM', 'pool www: '), $report->output());
        self::assertMatchesRegularExpression(self::line('FAULT', 'PHP-FPM', 'pool other: '), $report->output());
    }

    public function testAPhpFpmThatDoesNotStartIsAFaultInItsOwnWords(): void
    {
        $report = $this->doctor([], '--fpm=sh -c "echo no such directive >&2; exit 78" --');

        self::assertSame(1, $report->finish());
        self::assertStringContainsString('ended with status 78: no such directive', $report->output());
    }

    public function testTheHeaderForFfiPreloadIsThatOfTheNamedLibrary(): void
    {
        $header = Process::php([self::COMMAND, 'preload-header', Artefact::library()]);
        self::assertSame(PreloadHeader::for(Artefact::library()), $header->output());

        foreach (['lib.so', '/nonexistent/lib.so'] as $path) {
            $header = Process::php([self::COMMAND, 'preload-header', $path]);
            self::assertSame(1, $header->finish());
            self::assertSame("There is no library at {$path}: give the absolute path of one.\n", $header->output());
        }
    }

    public function testTheIniLinesForPreloadingNameTheUserWhoIsGiven(): void
    {
        $usual = Process::php([self::COMMAND, 'preload-ini'])->output();

        self::assertStringEndsWith("\nopcache.preload_user=www-data\n", $usual);
        self::assertSame(
            str_replace('www-data', 'shop', $usual),
            Process::php([self::COMMAND, 'preload-ini', 'shop'])->output(),
        );
    }

    /**
     * @testWith [[]]
     *           [["doktor"]]
     *           [["doctor", "a-key.that-nobody.may-see"]]
     *           [["doctor", "--fpm", "a-key.that-nobody.may-see"]]
     *
     * @param list<string> $arguments
     */
    public function testACommandLineThatIsWrongIsAnsweredWithTheUsageAndNotRepeated(array $arguments): void
    {
        $command = Process::php([self::COMMAND, ...$arguments]);

        self::assertSame(2, $command->finish());
        self::assertSame(Process::php([self::COMMAND, '--help'])->output(), $command->output());
        self::assertStringNotContainsString(self::KEY, $command->output());
    }

    private static function line(string $verdict, string $subject, string $text): string
    {
        return '/^' . sprintf('%-12s %-10s ', $verdict, $subject) . preg_quote($text, '/') . '/m';
    }

    /** @return array<string, string> */
    private function settings(Sandbox $sandbox): array
    {
        return ['SHOUTOUT_API_KEY' => self::KEY, 'SHOUTOUT_BASE_URL' => $sandbox->baseUrl];
    }

    /** @param array<string, string> $environment */
    private function doctor(array $environment = [], string ...$options): Process
    {
        return Process::php([self::COMMAND, 'doctor', ...$options], $environment + [
            'SHOUTOUT_OTP_LIBRARY' => Artefact::library(),
            'SHOUTOUT_SANDBOX_BIN' => Artefact::sandbox(),
        ]);
    }
}
