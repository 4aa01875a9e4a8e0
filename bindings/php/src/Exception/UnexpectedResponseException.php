<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * An answer that cannot be trusted: not JSON, incomplete, too large, or a redirect.
 */
final class UnexpectedResponseException extends ServiceException
{
}
