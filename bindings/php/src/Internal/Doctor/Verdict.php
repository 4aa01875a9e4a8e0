<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

/**
 * Whether something works; the value is what a reader sees.
 *
 * @internal
 */
enum Verdict: string
{
    case Ok = 'ok';
    /** Neither good nor bad. */
    case Fact = '';
    /** It may well work; look at it first if anything does not. */
    case Doubtful = 'DOUBTFUL';
    case NotChecked = 'NOT CHECKED';
    case Fault = 'FAULT';
}
