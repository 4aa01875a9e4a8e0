<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The service refused the request; `getServiceStatus()` may say why.
 */
final class RejectedException extends ServiceException
{
}
