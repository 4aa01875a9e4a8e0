<?php

declare(strict_types=1);

namespace ShoutoutOtp\Exception;

use ShoutoutOtp\Delivery;
use ShoutoutOtp\Status;

/**
 * The getters of {@see ShoutoutException}.
 *
 * A trait, so that each branch of the tree can extend the exception of PHP's
 * own that fits it.
 *
 * @internal
 */
trait HasFailure
{
    final public function __construct(private readonly Failure $failure, ?\Throwable $previous = null)
    {
        parent::__construct($failure->message, $failure->number, $previous);
    }

    final public function getStatus(): Status
    {
        return Status::tryFrom($this->failure->number) ?? Status::InternalError;
    }

    final public function getDelivery(): Delivery
    {
        return $this->failure->delivery;
    }

    final public function getHttpStatus(): ?int
    {
        return $this->failure->httpStatus;
    }

    final public function getServiceStatus(): ?string
    {
        return $this->failure->serviceStatus;
    }

    final public function getServiceMessage(): ?string
    {
        return $this->failure->serviceMessage;
    }

    final public function getRetryAfterMs(): ?int
    {
        return $this->failure->retryAfterMs;
    }

    final public function getAttempts(): int
    {
        return $this->failure->attempts;
    }

    final public function getElapsedUs(): int
    {
        return $this->failure->elapsedUs;
    }

    final public function getReferenceId(): ?string
    {
        return $this->failure->referenceId;
    }

    final public function getRequestId(): ?string
    {
        return $this->failure->requestId;
    }
}
