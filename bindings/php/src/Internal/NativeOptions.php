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
            'base_url' => $options->baseUrl ?? Environment::get('SHOUTOUT_BASE_URL'),
            'auth_scheme' => $options->authScheme,
            'ca_file' => $options->caFile,
            'proxy' => $options->proxy,
            'user_agent_suffix' => $options->userAgentSuffix,
        ];
        foreach ($texts as $name => $value) {
            if ($value !== null) {
                $library->call('so_options_set_' . $name, $pointer, Check::text($value, $name));
            }
        }

        $numbers = [
            'timeout_ms' => $options->timeoutMs,
            'connect_timeout_ms' => $options->connectTimeoutMs,
            'max_retries' => $options->maxRetries,
        ];
        foreach ($numbers as $name => $value) {
            if ($value !== null) {
                $library->call('so_options_set_' . $name, $pointer, Check::uint32($value, $name));
            }
        }

        foreach ($options->headers as $name => $values) {
            foreach ((array) $values as $value) {
                $name = Check::text((string) $name, 'the name in add_header');
                $value = Check::text($value, 'the value in add_header');
                $library->call('so_options_add_header', $pointer, $name, $value);
            }
        }

        if ($options->allowPlainHttp) {
            $library->call('so_options_set_allow_plain_http', $pointer, 1);
        }

        return $handle;
    }
}
