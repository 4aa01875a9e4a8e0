<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

/**
 * There is no sandbox program; the message lists every place that was tried.
 */
final class SandboxNotFoundException extends SandboxException
{
}
