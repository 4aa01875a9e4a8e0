<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The library failed, or could not be loaded. Statuses from 60.
 */
class LibraryException extends \RuntimeException implements ShoutoutException
{
    use HasFailure;
}
