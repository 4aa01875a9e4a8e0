<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The source is no sender mask: 1 to 11 printable ASCII characters, or up to 15 digits.
 */
final class InvalidSourceException extends InvalidInputException
{
}
