<?php

declare(strict_types=1);

// The tests' own classes; the package comes from where it was installed, and only in other processes.
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'InstallTest\\')) {
        require __DIR__ . '/' . substr($class, strlen('InstallTest\\')) . '.php';
    }
});
