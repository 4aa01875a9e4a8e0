<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use App\Login;
use App\Providers\ShoutoutServiceProvider;
use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Exception\InvalidApiKeyException;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Tests\Support\Artefact;
use ShoutoutOtp\Tests\Support\Container;
use ShoutoutOtp\Tests\Support\Environment;

/**
 * The example of a service provider for Laravel, without Laravel.
 */
final class ServiceProviderTest extends TestCase
{
    private const NUMBER = '+94771234567';

    private Environment $environment;
    private Container $container;

    public static function setUpBeforeClass(): void
    {
        require_once __DIR__ . '/fixtures/illuminate.php';
        require_once Artefact::root() . '/examples/php/Login.php';
        require_once Artefact::root() . '/examples/php/ShoutoutServiceProvider.php';
    }

    protected function setUp(): void
    {
        $library = Artefact::library();
        $this->environment = new Environment();
        putenv("SHOUTOUT_OTP_LIBRARY={$library}");
        $this->container = new Container();
        (new ShoutoutServiceProvider($this->container))->register();
    }

    protected function tearDown(): void
    {
        unset($_ENV['test'], $this->environment);
    }

    public function testTheContainerGivesTheClientOfTheConfigurationToWhateverAsksForIt(): void
    {
        $sandbox = new Sandbox(Artefact::sandbox());
        $_ENV['test'] = ['services.shoutout.key' => Sandbox::API_KEY, 'services.shoutout.url' => $sandbox->baseUrl];
        $login = $this->container->make(Login::class);

        self::assertSame('We have sent you a code.', $login->requestCode(self::NUMBER));
        self::assertSame('Welcome!', $login->checkCode($sandbox->lastCode(self::NUMBER)));
        self::assertSame($this->container->make(Client::class), $this->container->make(Client::class));
    }

    public function testAKeyThatIsMissingIsSaidWhenTheClientIsMadeAndNotWhenLaravelStarts(): void
    {
        $this->expectException(InvalidApiKeyException::class);
        $this->container->make(Login::class);
    }
}
