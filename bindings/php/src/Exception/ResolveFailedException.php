<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The name of the service's host could not be looked up.
 */
final class ResolveFailedException extends NetworkException
{
}
