<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

use ShoutoutOtp\Options;

/**
 * Turns {@see Options} into the C library's.
 *
 * What a setter returns is not looked at: the C options remember a refusal,
 * and making a client from them fails with it.
 *
 * @internal
 */
final class NativeOptions
{
    public static function from(
        #[\SensitiveParameter]
        Options $options,
        Library $library,
    ): Handle {
        $handle = $library->options();
        $pointer = $handle->pointer;

        $texts = [
            'so_options_set_base_url' => $options->baseUrl ?? Environment::get('SHOUTOUT_BASE_URL'),
            'so_options_set_auth_scheme' => $options->authScheme,
            'so_options_set_ca_file' => $options->caFile,
            'so_options_set_proxy' => $options->proxy,
            'so_options_set_user_agent_suffix' => $options->userAgentSuffix,
        ];
        foreach ($texts as $setter => $value) {
            if ($value !== null) {
                $library->call($setter, $pointer, Check::text($value, self::name($setter)));
            }
        }

        $numbers = [
            'so_options_set_timeout_ms' => $options->timeoutMs,
            'so_options_set_connect_timeout_ms' => $options->connectTimeoutMs,
            'so_options_set_max_retries' => $options->maxRetries,
        ];
        foreach ($numbers as $setter => $value) {
            if ($value !== null) {
                $library->call($setter, $pointer, Check::uint32($value, self::name($setter)));
            }
        }

        foreach ($options->headers as $name => $values) {
            foreach ((array) $values as $value) {
                $name = Check::text((string) $name, 'the name in add_header');
                $value = Check::text($value, 'the value in add_header');
                $library->call('so_options_add_header', $pointer, $name, $value);
            }
        }

        $library->call('so_options_set_allow_plain_http', $pointer, (int) $options->allowPlainHttp);

        return $handle;
    }

    private static function name(string $setter): string
    {
        return substr($setter, strlen('so_options_set_'));
    }
}
