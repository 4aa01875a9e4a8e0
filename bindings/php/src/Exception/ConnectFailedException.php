<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * No connection to the service could be opened.
 */
final class ConnectFailedException extends NetworkException
{
}
