#!/usr/bin/env php
<?php

/**
 * Writes the C header to standard output as a PHP class with what FFI::cdef()
 * can read: no comments, directives, enums, names of parameters, and no parts that
 * only C++ sees.
 *
 * Usage: bin/flatten-header.php [HEADER] > src/Internal/Declarations.php
 */

declare(strict_types=1);

/** What stands last in a parameter only where that has no name. */
const TYPE_WORD = '~^(?:char|short|int|long|float|double|signed|unsigned|void|\w+_t|so_\w+)$~';

$source = $argv[1] ?? dirname(__DIR__, 3) . '/include/shoutout_otp.h';
$header = is_file($source) ? file_get_contents($source) : false;
if ($header === false) {
    fwrite(STDERR, "cannot read {$source}\n");
    exit(1);
}

$header = preg_replace(['~/\*.*?\*/~s', '~//.*$~m', '~\\\\\n~'], '', $header);
// PHP has enums of its own, and would read these at every request.
$header = preg_replace('~^typedef enum\b[^{]*\{[^}]*\}[^;]*;$~m', '', (string) $header);

/** @var list<bool> $visible one entry per open #if: does C see these lines? */
$visible = [];
$lines = [];
foreach (explode("\n", (string) $header) as $line) {
    $directive = preg_match('/^\s*#\s*(\w+)\s*(.*)$/', $line, $match) === 1 ? $match[1] : null;
    match ($directive) {
        'if', 'ifdef', 'ifndef' => $visible[] = $directive === 'ifndef' || !str_contains($match[2], '__cplusplus'),
        'else', 'elif' => $visible[] = !array_pop($visible),
        'endif' => array_pop($visible),
        default => null,
    };
    if ($directive === null && trim($line) !== '' && !in_array(false, $visible, true)) {
        $lines[] = rtrim($line);
    }
}

/** PHP reads this at every request, and looks up each name as if it were a type. */
$withoutNames = static function (array $match) use ($source): string {
    $types = [];
    foreach (explode(',', $match[1]) as $parameter) {
        $isBoth = preg_match('~^\s*(\w[\w\s]*[\s*]+)(\w+)$~', $parameter, $parts) === 1;
        if (!$isBoth || preg_match(TYPE_WORD, $parts[2]) === 1) {
            fwrite(STDERR, "{$source}: the parameter \"{$parameter}\" is not a type and a name\n");
            exit(1);
        }
        $types[] = rtrim($parts[1]);
    }

    return '(' . implode(', ', $types) . ')';
};
$declared = explode(';', rtrim((string) preg_replace('~\s+~', ' ', implode("\n", $lines)), '; '));
// The parameters of a function, and those of a type that points to one.
$parameters = [
    '~^\s*+(?!typedef\b)[^(]*\K\((?!void\)$)(.*)\)$~',
    '~^\s*typedef\b[^(]*\(\*\w+\)\K\((?!void\)$)([^()]*)\)$~',
];
$unnamed = (array) preg_replace_callback($parameters, $withoutNames, $declared);
$wrapped = array_map(static fn (string $line): string => wordwrap(trim($line) . ';', 116, "\n        "), $unnamed);
$declarations = '    ' . implode("\n    ", $wrapped);

echo <<<PHP
    <?php

    declare(strict_types=1);

    namespace ShoutoutOtp\Internal;

    /**
     * The declarations of the C library. Made from include/shoutout_otp.h by
     * bin/flatten-header.php: do not edit.
     *
     * A constant, which OPcache keeps in memory: a header of its own would be read
     * from disk at every request.
     *
     * @internal
     */
    final class Declarations
    {
        public const TEXT = <<<'C'
    {$declarations}
        C;
    }

    PHP;
