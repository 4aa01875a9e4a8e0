<?php

declare(strict_types=1);

namespace InstallTest;

use PHPUnit\Framework\TestCase;

/**
 * What the doctor of the installed package says of good and of bad installations; of PHP-FPM's, see FpmTest.
 */
final class DoctorTest extends TestCase
{
    private const KEY = 'a-key.that-nobody.may-see';

    public function testItSaysWhatIsInstalledAndThatTheServiceAnswers(): void
    {
        $sandbox = Service::sandbox();
        $doctor = self::doctor(['SHOUTOUT_API_KEY' => self::KEY, 'SHOUTOUT_BASE_URL' => $sandbox->ready['base_url']]);

        self::assertSame(0, $doctor->status, $doctor->output);
        $lib = preg_quote(Command::package() . '/lib/', '/');
        $package = json_decode((string) file_get_contents(Command::package() . '/composer.json'));
        self::assertStringContainsString(" package    {$package->version}, " . Command::package(), $doctor->output);
        self::assertMatchesRegularExpression("/^ok +library +\d+\.\d+\.\d+, ABI \d+\.\d+, {$lib}/m", $doctor->output);
        self::assertMatchesRegularExpression("/^ok +sandbox +shoutout-sandbox \S+, {$lib}/m", $doctor->output);
        self::assertMatchesRegularExpression('/^ok +service /m', $doctor->output);
        self::assertStringNotContainsString(self::KEY, $doctor->output);
        $messages = file_get_contents("{$sandbox->ready['url']}/_sandbox/messages");
        self::assertSame([], json_decode((string) $messages, true)['messages'], 'it sent an SMS');
    }

    public function testWithoutAKeyTheServiceIsNotAsked(): void
    {
        $doctor = self::doctor([]);

        self::assertSame(0, $doctor->status, $doctor->output);
        self::assertMatchesRegularExpression('/^NOT CHECKED +service /m', $doctor->output);
    }

    public function testAServiceThatDoesNotAnswerIsAFault(): void
    {
        // A port that was free a moment ago: whoever took it since is no ShoutOUT.
        $listener = stream_socket_server('tcp://127.0.0.1:0');
        $address = (string) stream_socket_get_name($listener, false);
        fclose($listener);
        $doctor = self::doctor(['SHOUTOUT_API_KEY' => self::KEY, 'SHOUTOUT_BASE_URL' => "http://{$address}"]);

        self::assertSame(1, $doctor->status, $doctor->output);
        self::assertMatchesRegularExpression('/^FAULT +service /m', $doctor->output);
    }

    public function testFfiThatIsOffIsAFaultWithTheIniLines(): void
    {
        $doctor = Command::run([PHP_BINARY, '-d', 'ffi.enable=0', 'vendor/bin/shoutout-otp', 'doctor']);

        self::assertSame(1, $doctor->status, $doctor->output);
        self::assertMatchesRegularExpression('/^FAULT +library +FFI is disabled/m', $doctor->output);
        self::assertStringContainsString('  opcache.preload=' . Command::package() . '/preload.php', $doctor->output);
    }

    /** @param array<string, string> $environment */
    private static function doctor(array $environment): Command
    {
        return Command::shoutoutOtp(['doctor'], $environment);
    }
}
