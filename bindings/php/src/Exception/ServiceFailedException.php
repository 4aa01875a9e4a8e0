<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The service failed (HTTP 5xx).
 */
final class ServiceFailedException extends ServiceException
{
}
