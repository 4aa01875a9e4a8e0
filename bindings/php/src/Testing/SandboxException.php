<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

/**
 * The sandbox could not be started, or did not do what it was told; the
 * message has its words. Nothing that an application meets.
 */
class SandboxException extends \RuntimeException
{
}
