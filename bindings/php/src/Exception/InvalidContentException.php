<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The content is too long or lacks `{{code}}`.
 */
final class InvalidContentException extends InvalidInputException
{
}
