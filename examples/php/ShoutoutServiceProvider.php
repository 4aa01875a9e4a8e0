<?php

declare(strict_types=1);

namespace App\Providers;

use Illuminate\Support\ServiceProvider;
use ShoutoutOtp\Client;
use ShoutoutOtp\Options;

/**
 * Lets Laravel's container give a client to whatever asks for one, such as `Login`.
 */
final class ShoutoutServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(Client::class, static fn (): Client => new Client(
            config('services.shoutout.key'),
            new Options(baseUrl: config('services.shoutout.url'), timeoutMs: 10_000),
        ));
    }
}
