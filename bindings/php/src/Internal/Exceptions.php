<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use ShoutoutOtp\Exception as E;
use ShoutoutOtp\Status;

/**
 * Which exception stands for which status.
 *
 * @internal
 */
final class Exceptions
{
    public static function from(E\Failure $failure): E\ShoutoutException
    {
        return match (Status::tryFrom($failure->number)) {
            Status::InvalidArgument => new E\ConfigurationException($failure),
            Status::InvalidApiKey => new E\InvalidApiKeyException($failure),
            Status::InvalidSource => new E\InvalidSourceException($failure),
            Status::InvalidDestination => new E\InvalidDestinationException($failure),
            Status::InvalidContent => new E\InvalidContentException($failure),
            Status::InvalidCode => new E\InvalidCodeException($failure),
            Status::InvalidReferenceId => new E\InvalidReferenceIdException($failure),
            Status::ResolveFailed => new E\ResolveFailedException($failure),
            Status::ConnectFailed => new E\ConnectFailedException($failure),
            Status::TlsFailed => new E\TlsFailedException($failure),
            Status::Timeout => new E\TimeoutException($failure),
            Status::ConnectionLost => new E\ConnectionLostException($failure),
            Status::ProxyFailed => new E\ProxyFailedException($failure),
            Status::Cancelled => new E\CancelledException($failure),
            Status::Unauthorized => new E\UnauthorizedException($failure),
            Status::Rejected => new E\RejectedException($failure),
            Status::RateLimited => new E\RateLimitedException($failure),
            Status::ServiceFailed => new E\ServiceFailedException($failure),
            Status::UnexpectedResponse => new E\UnexpectedResponseException($failure),
            Status::InternalError => new E\InternalErrorException($failure),
            default => self::fromRange($failure),
        };
    }

    /** Numbers that only a newer library knows. */
    private static function fromRange(E\Failure $failure): E\ShoutoutException
    {
        return match (true) {
            $failure->number >= 1 && $failure->number < 20 => new E\InvalidInputException($failure),
            $failure->number >= 20 && $failure->number < 40 => new E\NetworkException($failure),
            $failure->number >= 40 && $failure->number < 60 => new E\ServiceException($failure),
            default => new E\LibraryException($failure),
        };
    }
}
