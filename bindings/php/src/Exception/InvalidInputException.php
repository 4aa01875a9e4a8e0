<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * An argument or option was refused; nothing left the machine. Statuses 1 to 19.
 */
class InvalidInputException extends \InvalidArgumentException implements ShoutoutException
{
    use HasFailure;
}
