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
    /** @var array<string, \FFI\CType> what {@see pointer()} makes, by the type pointed to: PHP would parse it each time */
    private array $pointers = [];

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
        $inputs[] = \FFI::addr($result);
        $inputs[] = \FFI::addr($error);
        $status = $this->ffi->{$function}(...$inputs);

        if ($status === Status::Ok->value) {
            return new Handle($this, $type, $result);
        }
        $ownedError = new Handle($this, 'so_error', $error);
        throw Exceptions::from(Reader::failure($this, $ownedError->pointer, $status));
    }

    // What reads a value has a parameter for each argument: to pack and unpack a list takes longer than the read, and a
    // send reads a dozen.

    public function text(string $function, CData $handle): string
    {
        $value = $this->ffi->{$function}($handle);

        return is_string($value) ? $value : self::broken($function);
    }

    public function textAt(string $function, CData $handle, int $index): string
    {
        $value = $this->ffi->{$function}($handle, $index);

        return is_string($value) ? $value : self::broken($function);
    }

    public function integer(string $function, CData $handle): int
    {
        $value = $this->ffi->{$function}($handle);

        return is_int($value) ? $value : self::broken($function);
    }

    public function number(string $function, CData $handle): float
    {
        $value = $this->ffi->{$function}($handle);

        return is_float($value) ? $value : self::broken($function);
    }

    public function numberAt(string $function, CData $handle, int $index): float
    {
        $value = $this->ffi->{$function}($handle, $index);

        return is_float($value) ? $value : self::broken($function);
    }

    /** Such as `0.1.0`. */
    public function version(): string
    {
        $version = $this->call('so_version');

        return is_string($version) ? $version : self::broken('so_version');
    }

    /** major << 16 | minor */
    public function abiVersion(): int
    {
        $version = $this->call('so_abi_version');

        return is_int($version) ? $version : self::broken('so_abi_version');
    }

    /** A new `so_options`. */
    public function options(): Handle
    {
        $pointer = $this->call('so_options_new');

        return $pointer instanceof CData ? new Handle($this, 'so_options', $pointer) : self::broken('so_options_new');
    }

    /** @param string $type of the handle, such as `so_client` */
    public function free(string $type, CData $handle): void
    {
        $this->ffi->{'so_free_' . substr($type, strlen('so_'))}($handle);
    }

    /** A pointer to a handle, NULL as yet. */
    private function pointer(string $type): CData
    {
        $pointer = $this->ffi->new($this->pointers[$type] ??= $this->ffi->type($type . ' *'));

        return $pointer instanceof CData ? $pointer : self::broken($type);
    }

    private static function broken(string $name): never
    {
        $message = $name . ' did not give what the header promises';

        throw Exceptions::from(new Failure(Status::InternalError->value, $message, Delivery::Unknown));
    }
}
