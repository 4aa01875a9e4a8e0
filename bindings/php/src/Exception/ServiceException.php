<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The service, or a gateway before it, answered, and it was not a yes. Statuses 40 to 59.
 */
class ServiceException extends \RuntimeException implements ShoutoutException
{
    use HasFailure;
}
