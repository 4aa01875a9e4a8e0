<?php

declare(strict_types=1);

namespace ShoutoutOtp;

/**
 * What the service said about a code (`SHOUTOUT_VERIFY_*`).
 */
enum VerifyOutcome: int
{
    case Verified = 1;
    case WrongCode = 2;

    /** Read so from the service's answers 1002 and 1003; the provider does not document them. */
    case Expired = 3;

    /** Any other refusal; {@see VerifyResult::$status} has the service's number. */
    case Refused = 4;
}
