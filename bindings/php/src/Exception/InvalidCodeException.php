<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The code cannot be one, whatever was sent: empty or too long, for example.
 */
final class InvalidCodeException extends InvalidInputException
{
}
