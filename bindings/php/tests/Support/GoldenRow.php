<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

use ShoutoutOtp\Options;

/**
 * One row of the golden table: see tests/golden/README.md.
 */
final class GoldenRow
{
    public const DEFAULTS = [
        'api_key' => 'golden.test.key',
        'source' => 'ShoutDEMO',
        'destination' => '94771234567',
        'content' => 'Your code is {{code}}',
        'reference_id' => 'f437c171-2d08-48c8-a4a2-0123456789ab',
        'code' => '01234',
    ];

    /** @param array<string, mixed> $fields as in the file */
    public function __construct(public readonly array $fields)
    {
    }

    /** @return iterable<string, array{self}> what a data provider of PHPUnit gives */
    public static function of(string $file): iterable
    {
        foreach (Json::decode(Artefact::read(Artefact::root() . '/tests/golden/' . $file)) as $fields) {
            yield $fields['name'] => [new self($fields)];
        }
    }

    /** An input of the call. */
    public function text(string $name): string
    {
        return self::expand($this->fields[$name] ?? self::DEFAULTS[$name]);
    }

    /**
     * The options of the row, under the names of {@see Options}.
     */
    public function options(?string $baseUrl): Options
    {
        $options = ['baseUrl' => $baseUrl];
        $service = explode('/', (string) $baseUrl)[2] ?? '';
        foreach ($this->settings() as [$name, $value, $second]) {
            $value = is_string($value) ? str_replace('GOLDEN', $service, $value) : $value;
            if ($name === 'add_header') {
                $options['headers'][$value][] = $second;
            } else {
                $camel = lcfirst(strtr(ucwords($name, '_'), ['_' => '']));
                $options[$camel] = $name === 'allow_plain_http' ? $value !== 0 : $value;
            }
        }

        return new Options(...$options);
    }

    /**
     * What no text may hold, whether the row says so or not. Shorter ones may look like a status.
     *
     * @return list<string>
     */
    public function secrets(): array
    {
        $destination = $this->text('destination');
        $secrets = [
            $this->text('api_key'),
            $this->text('code'),
            $destination,
            (string) preg_replace('/[^0-9]/', '', $destination),
        ];
        foreach ($this->settings() as [$name, $value, $second]) {
            if ($name === 'add_header') {
                $secrets[] = $second;
            } elseif ($name !== 'ca_file' && preg_match('~//(.*)@~', (string) $value, $found) === 1) {
                array_push($secrets, $found[1], explode(':', $found[1], 2)[1] ?? '');
            }
        }

        return array_values(array_filter($secrets, static fn (string $secret): bool => mb_strlen($secret) >= 5));
    }

    /** Whether an option is set twice, which C can say and {@see Options} cannot. */
    public function setsAnOptionTwice(): bool
    {
        $names = array_diff(array_column($this->settings(), 0), ['add_header']);

        return count($names) !== count(array_unique($names));
    }

    /** @return list<array{string, mixed, mixed}> name, value, and the value of a header */
    public function settings(): array
    {
        $settings = [];
        foreach ($this->fields['set'] ?? $this->fields['options'] ?? [] as $option) {
            $settings[] = [...array_map(self::expand(...), $option), null];
        }

        return $settings;
    }

    /** Writes out a long text, and leaves anything else as it is. */
    private static function expand(mixed $text): mixed
    {
        return is_array($text) ? str_repeat($text['repeat'], $text['times']) . ($text['then'] ?? '') : $text;
    }
}
