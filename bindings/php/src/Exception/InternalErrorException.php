<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * A defect inside the library, contained; the process goes on.
 */
final class InternalErrorException extends LibraryException
{
}
