<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The proxy could not be used or refused the connection.
 */
final class ProxyFailedException extends NetworkException
{
}
