<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Internal\Declarations;
use ShoutoutOtp\Internal\Loader;
use ShoutoutOtp\Status;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Process;
use ShoutoutOtp\VerifyOutcome;

/**
 * The one C header is where numbers and names come from.
 */
final class HeaderTest extends TestCase
{
    private const DECLARATIONS = __DIR__ . '/../src/Internal/Declarations.php';

    public function testTheCommittedDeclarationsAreTheFlattenedHeader(): void
    {
        $flattened = Process::php([__DIR__ . '/../bin/flatten-header.php']);

        self::assertSame(0, $flattened->finish(), $flattened->output());
        self::assertSame($flattened->output(), Artefact::read(self::DECLARATIONS), 'run: composer flatten-header');
    }

    /** @dataProvider parametersWithoutAName */
    public function testAParameterOfWhichTypeAndNameCannotBeToldApartIsRefused(string $parameter): void
    {
        $header = (string) tempnam(sys_get_temp_dir(), 'header');
        try {
            file_put_contents($header, "int32_t so_change(so_options *options, {$parameter});\n");
            $flattened = Process::php([__DIR__ . '/../bin/flatten-header.php', $header]);

            self::assertSame(1, $flattened->finish(), $flattened->output());
        } finally {
            unlink($header);
        }
    }

    /** @return iterable<array{string}> */
    public function parametersWithoutAName(): iterable
    {
        yield ['unsigned char'];
        yield ['uint32_t'];
        yield ['const char *'];
        yield ['const so_client'];
        yield ['void (*callback)(int32_t)'];
        yield ['int32_t numbers[2]'];
    }

    public function testEveryFunctionOfTheHeaderIsDeclared(): void
    {
        $functions = self::functions(self::header());

        self::assertContains('so_send_otp', $functions);
        self::assertSame($functions, self::functions(Declarations::TEXT));
    }

    public function testFfiBindsEveryFunctionThatIsDeclared(): void
    {
        $ffi = \FFI::cdef(Declarations::TEXT, Artefact::library());

        foreach (self::functions(self::header()) as $function) {
            self::assertInstanceOf(\FFI\CData::class, $ffi->{$function}, $function);
        }
    }

    /** @dataProvider enums */
    public function testEnumsAreTheHeaders(string $enum, string $prefix, string $others): void
    {
        preg_match_all('/\bSHOUTOUT_(\w+)\s*=\s*(\d+)\b/', self::header(), $found);
        $expected = [];
        foreach (array_combine($found[1], $found[2]) as $name => $number) {
            if (str_starts_with($name, $prefix) && ($others === '' || preg_match($others, $name) !== 1)) {
                $expected[substr($name, strlen($prefix))] = (int) $number;
            }
        }
        $actual = [];
        foreach ($enum::cases() as $case) {
            $actual[self::upperSnake($case->name)] = $case->value;
        }

        self::assertNotEmpty($expected);
        self::assertSame($expected, $actual);
    }

    /** @return iterable<string, array{class-string<\BackedEnum>, string, string}> */
    public function enums(): iterable
    {
        yield 'Status' => [Status::class, '', '/^(DELIVERY|VERIFY)_/'];
        yield 'Delivery' => [Delivery::class, 'DELIVERY_', ''];
        yield 'VerifyOutcome' => [VerifyOutcome::class, 'VERIFY_', ''];
    }

    public function testStatusNamesAreTheLibrarys(): void
    {
        $library = Loader::load(Artefact::library());

        foreach (Status::cases() as $status) {
            $name = $library->call('so_status_name', $status->value);
            self::assertSame('SHOUTOUT_' . self::upperSnake($status->name), $name);
        }
    }

    public function testTheAbiVersionIsTheHeaders(): void
    {
        $version = [];
        foreach (['MAJOR', 'MINOR'] as $part) {
            self::assertSame(1, preg_match("/#define SHOUTOUT_OTP_VERSION_{$part} (\\d+)$/m", self::header(), $found));
            $version[] = (int) $found[1];
        }

        self::assertSame($version, [Loader::ABI_VERSION >> 16, Loader::ABI_VERSION & 0xFFFF]);
        self::assertSame(Loader::ABI_VERSION, Loader::load(Artefact::library())->abiVersion());
    }

    private static function header(): string
    {
        $header = Artefact::read(Artefact::root() . '/include/shoutout_otp.h');

        return (string) preg_replace(['~/\*.*?\*/~s', '~//.*~'], '', $header);
    }

    /** @return list<string> */
    private static function functions(string $declarations): array
    {
        preg_match_all('/\b(so_\w+)\s*\(/', $declarations, $found);

        return $found[1];
    }

    private static function upperSnake(string $name): string
    {
        return strtoupper((string) preg_replace('/(?<!^)[A-Z]/', '_$0', $name));
    }
}
