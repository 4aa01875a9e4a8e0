<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * TLS could not be agreed, or the certificate is not to be trusted.
 */
final class TlsFailedException extends NetworkException
{
}
