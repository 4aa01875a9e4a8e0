<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

use ShoutoutOtp\Delivery;
use ShoutoutOtp\Status;

/**
 * Everything that this package throws on purpose.
 *
 *     ShoutoutException
 *     ├─ InvalidInputException   the caller's input; nothing left the machine
 *     ├─ NetworkException        no answer came
 *     ├─ ServiceException        the service answered, and it was not a yes
 *     └─ LibraryException        the library itself, or loading it
 *
 * Each of the four has a subclass per status. `getMessage()` holds no key, no
 * code and no full number; `getCode()` is the number of the status.
 */
interface ShoutoutException extends \Throwable
{
    /**
     * The status; {@see Status::InternalError} also stands for a number that
     * only a newer library knows: the class then tells its range, and
     * `getCode()` is the number.
     */
    public function getStatus(): Status;

    /** Whether an SMS may be on its way all the same. Ask before any resend. */
    public function getDelivery(): Delivery;

    /** The HTTP status of the answer; null if there was none. */
    public function getHttpStatus(): ?int;

    /** The service's own status, such as `1007`; null if it named none. */
    public function getServiceStatus(): ?string;

    /** The service's own words; null if it had none. */
    public function getServiceMessage(): ?string;

    /** Milliseconds that the service wants to be left alone; null if it did not say. */
    public function getRetryAfterMs(): ?int;

    /** Requests begun: 0 if the call was refused before. */
    public function getAttempts(): int;

    /** Microseconds the whole call took. */
    public function getElapsedUs(): int;

    /**
     * The reference that an untrustworthy answer named; else null. An SMS of
     * unknown delivery can still be verified by it.
     */
    public function getReferenceId(): ?string;

    /** The request's id in the service's own logs, for a support ticket; null if there was none. */
    public function getRequestId(): ?string;
}
