<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing\Internal;

/**
 * The sandbox answered that what was waited for did not come.
 *
 * @internal
 */
final class TimedOut extends \RuntimeException
{
}
