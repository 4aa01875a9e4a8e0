<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The reference cannot be one that a send returned.
 */
final class InvalidReferenceIdException extends InvalidInputException
{
}
