<?php

declare(strict_types=1);

namespace ShoutoutOtp;

/**
 * What became of a call, with the numbers of the C header (`SHOUTOUT_*`).
 *
 * The numbers never change; a later library may add some.
 */
enum Status: int
{
    case Ok = 0;

    // 1 to 19: the caller's input. Nothing left the machine.
    case InvalidArgument = 1;
    case InvalidApiKey = 2;
    case InvalidSource = 3;
    case InvalidDestination = 4;
    case InvalidContent = 5;
    case InvalidCode = 6;
    case InvalidReferenceId = 7;

    // 20 to 39: the network.
    case ResolveFailed = 20;
    case ConnectFailed = 21;
    case TlsFailed = 22;
    case Timeout = 23;
    case ConnectionLost = 24;
    case ProxyFailed = 25;
    case Cancelled = 26;

    // 40 to 59: the service answered.
    case Unauthorized = 40;
    case Rejected = 41;
    case RateLimited = 42;
    case ServiceFailed = 43;
    case UnexpectedResponse = 44;

    // 60 and up: the library.
    case InternalError = 60;
}
