<?php

declare(strict_types=1);

namespace ShoutoutOtp;

/**
 * Whether a failed call may have had an effect (`SHOUTOUT_DELIVERY_*`).
 */
enum Delivery: int
{
    /** Surely no SMS went out; for a verification, surely no attempt was counted. */
    case NotSent = 1;

    /**
     * An SMS may be on its way: let the user wait before a resend. For a
     * verification, the attempt may have been counted or the code used up.
     */
    case Unknown = 2;
}
