<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The C library could not be loaded; the message lists every path that was tried.
 */
final class LibraryNotLoadedException extends LibraryException
{
}
