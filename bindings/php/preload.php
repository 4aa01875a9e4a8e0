<?php

/**
 * For `opcache.preload`: makes this package code that may use FFI where
 * `ffi.enable` is "preload". An application with a preload file of its own
 * requires this one from it.
 *
 * All of the package but its helpers for tests and its doctor is preloaded, so
 * that after an upgrade no old class meets a new one before PHP is restarted.
 */

declare(strict_types=1);

(static function (): void {
    $folder = new RecursiveDirectoryIterator(__DIR__ . '/src', FilesystemIterator::SKIP_DOTS);
    foreach (new RecursiveIteratorIterator($folder) as $file) {
        $path = (string) $file;
        $isForTheCommandLine = preg_match('~/(Testing|Doctor)/~', substr($path, strlen(__DIR__))) === 1;
        if (!$isForTheCommandLine && !in_array($path, get_included_files(), true)) {
            opcache_compile_file($path);
        }
    }
})();
