<?php

/**
 * Loads the classes of this package where Composer's autoloader is not in use.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'ShoutoutOtp\\')) {
        $file = __DIR__ . '/src/' . strtr(substr($class, strlen('ShoutoutOtp\\')), '\\', '/') . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
