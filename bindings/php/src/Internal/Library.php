<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use FFI\CData;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\Failure;
use ShoutoutOtp\Status;

/**
 * The C library, bound; {@see Loader} makes one per path and process.
 *
 * @internal
 */
final class Library
{
    public function __construct(public readonly string $path, private readonly \FFI $ffi)
    {
    }

    public function call(string $function, #[\SensitiveParameter] mixed ...$arguments): mixed
    {
        return $this->ffi->{$function}(...$arguments);
    }

    /**
     * Calls a function whose last parameters are `T **` and `so_error **`.
     *
     * @param string $type the T, such as `so_send_result`
     *
     * @throws \ShoutoutOtp\Exception\ShoutoutException what the library reports
     */
    public function create(string $type, string $function, #[\SensitiveParameter] mixed ...$inputs): Handle
    {
        $result = $this->pointer($type);
        $error = $this->pointer('so_error');
        $status = $this->call($function, ...[...$inputs, \FFI::addr($result), \FFI::addr($error)]);

        $ownedResult = new Handle($this, $type, $result);
        $ownedError = new Handle($this, 'so_error', $error);
        if ($status !== Status::Ok->value) {
            throw Exceptions::from(Reader::failure($this, $ownedError->pointer, $status));
        }

        return $ownedResult;
    }

    public function text(string $function, int|CData ...$arguments): string
    {
        $value = $this->call($function, ...$arguments);

        return is_string($value) ? $value : self::broken($function);
    }

    public function integer(string $function, int|CData ...$arguments): int
    {
        $value = $this->call($function, ...$arguments);

        return is_int($value) ? $value : self::broken($function);
    }

    public function number(string $function, int|CData ...$arguments): float
    {
        $value = $this->call($function, ...$arguments);

        return is_float($value) ? $value : self::broken($function);
    }

    /** A new `so_options`. */
    public function options(): Handle
    {
        $pointer = $this->call('so_options_new');

        return $pointer instanceof CData ? new Handle($this, 'so_options', $pointer) : self::broken('so_options_new');
    }

    /** A pointer to a handle, NULL as yet. */
    private function pointer(string $type): CData
    {
        $pointer = $this->ffi->new($type . ' *');

        return $pointer instanceof CData ? $pointer : self::broken($type);
    }

    private static function broken(string $name): never
    {
        $message = $name . ' did not give what the header promises';

        throw Exceptions::from(new Failure(Status::InternalError->value, $message, Delivery::Unknown));
    }
}
