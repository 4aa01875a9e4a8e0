<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * An option of the client was refused; the message names it.
 */
final class ConfigurationException extends InvalidInputException
{
}
