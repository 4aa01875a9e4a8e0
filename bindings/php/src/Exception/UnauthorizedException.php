<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The service does not accept the API key (HTTP 401 or 403).
 */
final class UnauthorizedException extends ServiceException
{
}
