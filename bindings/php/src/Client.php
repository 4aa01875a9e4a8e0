<?php

declare(strict_types=1);

namespace ShoutoutOtp;

use ShoutoutOtp\Internal\Check;
use ShoutoutOtp\Internal\Environment;
use ShoutoutOtp\Internal\Handle;
use ShoutoutOtp\Internal\Library;
use ShoutoutOtp\Internal\Loader;
use ShoutoutOtp\Internal\NativeOptions;
use ShoutoutOtp\Internal\Reader;
use ShoutoutOtp\Internal\Redacted;

/**
 * Sends one-time passcodes by SMS and verifies them.
 *
 * Making one opens no connection, and all clients of a process share theirs,
 * so a client per request is as good as one for ever. It survives
 * `pcntl_fork()`: parent and child may both go on using it.
 *
 * No call is ever repeated once its request may have reached the service.
 */
final class Client implements \JsonSerializable
{
    use Redacted;

    private readonly Library $library;
    private readonly Handle $handle;

    /**
     * @param ?string $apiKey by default the environment's `SHOUTOUT_API_KEY`
     * @param ?string $library absolute path of the C library, if none was bound by `ffi.preload`; by default
     *     the environment's `SHOUTOUT_OTP_LIBRARY`, the one in this package, the system's
     *
     * @throws Exception\InvalidApiKeyException there is no key, or it cannot be one
     * @throws Exception\ConfigurationException an option was refused
     * @throws Exception\LibraryNotLoadedException
     */
    public function __construct(
        #[\SensitiveParameter]
        ?string $apiKey = null,
        #[\SensitiveParameter]
        ?Options $options = null,
        ?string $library = null,
    ) {
        $apiKey ??= Environment::get('SHOUTOUT_API_KEY');
        if ($apiKey === null) {
            Check::refuse(Status::InvalidApiKey, 'api_key is missing: pass it or set SHOUTOUT_API_KEY');
        }
        Check::text($apiKey, 'api_key', Status::InvalidApiKey);

        $this->library = Loader::load($library);
        $native = NativeOptions::from($options ?? new Options(), $this->library);
        $this->handle = $this->library->create('so_client', 'so_client_new', $apiKey, $native->pointer);
    }

    /**
     * Lets the service make a code and send it by SMS.
     *
     * @param string $source sender mask that the provider knows, such as `ShoutDEMO`
     * @param string $destination E.164, such as `+94771234567`
     * @param string $content the SMS, UTF-8; `{{code}}` in it becomes the code
     *
     * @throws Exception\InvalidInputException nothing was sent: an argument was refused
     * @throws Exception\NetworkException no answer; ask `getDelivery()` before a resend
     * @throws Exception\ServiceException not a yes; ask `getDelivery()` before a resend
     */
    public function sendOtp(
        string $source,
        #[\SensitiveParameter]
        string $destination,
        string $content,
    ): SendResult {
        Check::text($source, 'source', Status::InvalidSource);
        Check::text($destination, 'destination', Status::InvalidDestination);
        Check::text($content, 'content', Status::InvalidContent);

        $result = $this->library->create(
            'so_send_result',
            'so_send_otp',
            $this->handle->pointer,
            $source,
            $destination,
            $content,
        );

        return Reader::sendResult($this->library, $result->pointer);
    }

    /**
     * Asks the service whether this is the code that it sent.
     *
     * A wrong code is a result, not an exception: ask its `verified`, since in
     * PHP the result itself is true in any condition.
     *
     * @param string $referenceId from {@see SendResult::$referenceId}
     * @param string $code as the user typed it: a string, since leading zeros count
     *
     * @throws Exception\InvalidInputException nothing was asked: an argument was refused
     * @throws Exception\NetworkException no answer; the attempt may have been counted
     * @throws Exception\ServiceException the service said neither yes nor no
     */
    public function verifyOtp(
        string $referenceId,
        #[\SensitiveParameter]
        string $code,
    ): VerifyResult {
        Check::text($referenceId, 'reference_id', Status::InvalidReferenceId);
        Check::text($code, 'code', Status::InvalidCode);

        $result = $this->library->create(
            'so_verify_result',
            'so_verify_otp',
            $this->handle->pointer,
            $referenceId,
            $code,
        );

        return Reader::verifyResult($this->library, $result->pointer);
    }

    /** The version of the C library in use, such as `0.1.0`. */
    public function libraryVersion(): string
    {
        return $this->library->version();
    }

    public function __clone(): void
    {
        throw new \LogicException(self::class . ' cannot be cloned: share it, or make another.');
    }

    /** @return array<string, mixed> */
    private function redacted(): array
    {
        return ['library' => $this->library->path, 'libraryVersion' => $this->libraryVersion()];
    }
}
