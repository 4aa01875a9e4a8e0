<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests\Support;

/**
 * What Laravel's service container does: makes an object once, and gives each constructor what it asks for by type.
 */
final class Container
{
    /** @var array<string, \Closure> */
    private array $makers = [];

    /** @var array<string, object> */
    private array $made = [];

    public function singleton(string $class, \Closure $maker): void
    {
        $this->makers[$class] = $maker;
    }

    public function make(string $class): object
    {
        if (isset($this->makers[$class])) {
            return $this->made[$class] ??= $this->makers[$class]($this);
        }
        $arguments = [];
        foreach ((new \ReflectionClass($class))->getConstructor()?->getParameters() ?? [] as $parameter) {
            if (!$parameter->isOptional()) {
                $arguments[] = $this->make((string) $parameter->getType());
            }
        }

        return new $class(...$arguments);
    }
}
