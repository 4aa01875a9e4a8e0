<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use FFI\CData;

/**
 * Owns one handle of the C library and gives it back once: when the last
 * reference to this object goes, an exception's stack trace included.
 *
 * It holds the library, too, so that at shutdown PHP cannot take that away first.
 *
 * @internal
 */
final class Handle
{
    /** @param string $type of the handle, such as `so_client` */
    public function __construct(
        private readonly Library $library,
        private readonly string $type,
        public readonly CData $pointer,
    ) {
    }

    public function __destruct()
    {
        $this->library->free($this->type, $this->pointer);
    }

    private function __clone()
    {
    }
}
