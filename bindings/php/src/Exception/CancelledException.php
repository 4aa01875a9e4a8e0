<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

/**
 * The call was cancelled. Ask its delivery before a resend.
 */
final class CancelledException extends NetworkException
{
}
