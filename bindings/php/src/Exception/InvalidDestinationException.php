<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The destination is not an E.164 number, such as +94771234567.
 */
final class InvalidDestinationException extends InvalidInputException
{
}
