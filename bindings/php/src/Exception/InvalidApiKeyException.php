<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * There is no API key, or it has characters that no key has.
 */
final class InvalidApiKeyException extends InvalidInputException
{
}
