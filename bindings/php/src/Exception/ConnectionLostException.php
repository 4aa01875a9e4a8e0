<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The connection ended before the answer was complete.
 */
final class ConnectionLostException extends NetworkException
{
}
