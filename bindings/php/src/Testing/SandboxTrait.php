<?php

declare(strict_types=1);

namespace ShoutoutOtp\Testing;

use PHPUnit\Framework\Attributes\After;
use PHPUnit\Framework\Attributes\AfterClass;
use PHPUnit\Framework\Attributes\Before;
use ShoutoutOtp\Testing\Internal\TestEnvironment;

/**
 * A sandbox for the tests of a class of PHPUnit's (9.6 or later): as good as
 * new for each, and stopped after the last.
 *
 * While a test runs, `SHOUTOUT_BASE_URL` and `SHOUTOUT_API_KEY` name it, so
 * that `new Client()` talks to it.
 */
trait SandboxTrait
{
    private static ?Sandbox $shoutoutSandbox = null;

    private ?TestEnvironment $shoutoutEnvironment = null;

    protected static function sandbox(): Sandbox
    {
        return self::$shoutoutSandbox ??= new Sandbox(options: static::sandboxOptions());
    }

    /**
     * More of the sandbox's command line, for a class that wants it.
     *
     * @return list<string>
     */
    protected static function sandboxOptions(): array
    {
        return [];
    }

    /**
     * Runs before `setUp()`, where applications are made.
     *
     * @before
     */
    #[Before]
    public function resetShoutoutSandbox(): void
    {
        self::sandbox()->reset();
        $this->shoutoutEnvironment = new TestEnvironment([
            'SHOUTOUT_BASE_URL' => self::sandbox()->baseUrl,
            'SHOUTOUT_API_KEY' => Sandbox::API_KEY,
        ]);
    }

    /** @after */
    #[After]
    public function restoreShoutoutEnvironment(): void
    {
        $this->shoutoutEnvironment?->restore();
    }

    /** @afterClass */
    #[AfterClass]
    public static function stopShoutoutSandbox(): void
    {
        self::$shoutoutSandbox?->stop();
        self::$shoutoutSandbox = null;
    }
}
