<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use FFI\CData;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\Failure;
use ShoutoutOtp\SendResponse;
use ShoutoutOtp\SendResult;
use ShoutoutOtp\VerifyOutcome;
use ShoutoutOtp\VerifyResult;

/**
 * Copies what a handle holds into PHP values, which then outlive it.
 *
 * The C functions say "absent" with -1, 0 or "", these values say it with null.
 *
 * @internal
 */
final class Reader
{
    public static function sendResult(Library $library, CData $result): SendResult
    {
        $responses = [];
        $count = $library->integer('so_send_result_response_count', $result);
        for ($i = 0; $i < $count; $i++) {
            $responses[] = new SendResponse(
                destination: $library->textAt('so_send_result_response_destination', $result, $i),
                referenceId: $library->textAt('so_send_result_response_reference_id', $result, $i),
                status: $library->textAt('so_send_result_response_status', $result, $i),
                cost: self::cost($library->numberAt('so_send_result_response_cost', $result, $i)),
            );
        }

        return new SendResult(
            referenceId: $library->text('so_send_result_reference_id', $result),
            status: $library->text('so_send_result_status', $result),
            description: $library->text('so_send_result_description', $result),
            cost: self::cost($library->number('so_send_result_cost', $result)),
            responses: $responses,
            httpStatus: $library->integer('so_send_result_http_status', $result),
            attempts: $library->integer('so_send_result_attempts', $result),
            elapsedUs: $library->integer('so_send_result_elapsed_us', $result),
            json: $library->text('so_send_result_json', $result),
            requestId: self::present($library->text('so_send_result_request_id', $result)),
        );
    }

    public static function verifyResult(Library $library, CData $result): VerifyResult
    {
        $outcome = $library->integer('so_verify_result_outcome', $result);

        return new VerifyResult(
            verified: $library->integer('so_verify_result_is_verified', $result) === 1,
            outcome: VerifyOutcome::tryFrom($outcome) ?? VerifyOutcome::Refused,
            status: $library->text('so_verify_result_status', $result),
            description: $library->text('so_verify_result_description', $result),
            referenceId: $library->text('so_verify_result_reference_id', $result),
            httpStatus: $library->integer('so_verify_result_http_status', $result),
            elapsedUs: $library->integer('so_verify_result_elapsed_us', $result),
            requestId: self::present($library->text('so_verify_result_request_id', $result)),
        );
    }

    public static function failure(Library $library, CData $error): Failure
    {
        $retryAfterMs = $library->integer('so_error_retry_after_ms', $error);

        return new Failure(
            number: $library->integer('so_error_status', $error),
            message: $library->text('so_error_message', $error),
            // A word that this package does not know is no promise that nothing was sent.
            delivery: Delivery::tryFrom($library->integer('so_error_delivery', $error)) ?? Delivery::Unknown,
            httpStatus: $library->integer('so_error_http_status', $error) ?: null,
            serviceStatus: self::present($library->text('so_error_service_status', $error)),
            serviceMessage: self::present($library->text('so_error_service_message', $error)),
            retryAfterMs: $retryAfterMs < 0 ? null : $retryAfterMs,
            attempts: $library->integer('so_error_attempts', $error),
            elapsedUs: $library->integer('so_error_elapsed_us', $error),
            referenceId: self::present($library->text('so_error_reference_id', $error)),
            requestId: self::present($library->text('so_error_request_id', $error)),
        );
    }

    private static function cost(float $cost): ?float
    {
        return $cost < 0 ? null : $cost;
    }

    private static function present(string $text): ?string
    {
        return $text === '' ? null : $text;
    }
}
