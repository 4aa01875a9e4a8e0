<?php

declare(strict_types=1);

// No Composer: the tests run from a clean clone, offline, and leave it clean.
require __DIR__ . '/../autoload.php';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'ShoutoutOtp\\Tests\\')) {
        require __DIR__ . '/' . strtr(substr($class, strlen('ShoutoutOtp\\Tests\\')), '\\', '/') . '.php';
    }
}, prepend: true);
