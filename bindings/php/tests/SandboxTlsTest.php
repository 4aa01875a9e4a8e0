<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Client;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\TlsFailedException;
use ShoutoutOtp\Options;
use ShoutoutOtp\Testing\Internal\Control;
use ShoutoutOtp\Testing\Sandbox;
use ShoutoutOtp\Testing\SandboxException;
use ShoutoutOtp\Tests\Support\Artefact;

/**
 * The sandbox with `--tls`: on https, under an authority that a client has to
 * be given.
 */
final class SandboxTlsTest extends TestCase
{
    private const NUMBER = '94771234567';

    private Sandbox $sandbox;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox(Artefact::sandbox(), ['--tls']);
    }

    public function testAClientThatIsGivenTheAuthoritySendsAndVerifies(): void
    {
        self::assertStringStartsWith('https://', $this->sandbox->baseUrl);
        $client = $this->client($this->sandbox->caFile);
        $sent = $client->sendOtp('ShoutDEMO', self::NUMBER, 'Your code is {{code}}');

        $code = $this->sandbox->lastCode(self::NUMBER);
        self::assertTrue($client->verifyOtp($sent->referenceId, $code)->verified);
    }

    public function testAClientThatIsNotTrustsNobodyAndSurelySendsNothing(): void
    {
        try {
            $this->client(null)->sendOtp('ShoutDEMO', self::NUMBER, 'Your code is {{code}}');
            self::fail('It was trusted.');
        } catch (TlsFailedException $e) {
            self::assertSame(Delivery::NotSent, $e->getDelivery());
        }
        self::assertSame([], $this->sandbox->messages());
    }

    public function testTheHelperItselfTrustsThatAuthorityAndNoOther(): void
    {
        $other = new Sandbox(Artefact::sandbox(), ['--tls']);

        $this->expectException(SandboxException::class);
        $this->expectExceptionMessage("The sandbox at {$this->sandbox->url} does not answer: ");
        (new Control($this->sandbox->url, $other->caFile))->get('messages');
    }

    public function testWithoutTlsThereIsNoAuthority(): void
    {
        self::assertNull((new Sandbox(Artefact::sandbox()))->caFile);
    }

    private function client(?string $caFile): Client
    {
        $options = new Options(baseUrl: $this->sandbox->baseUrl, timeoutMs: 30_000, caFile: $caFile);

        return new Client(Sandbox::API_KEY, $options, Artefact::library());
    }
}
