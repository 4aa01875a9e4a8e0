<?php

declare(strict_types=1);

namespace ShoutoutOtp\Tests;

use PHPUnit\Framework\TestCase;
use ShoutoutOtp\Delivery;
use ShoutoutOtp\Exception\ConfigurationException;
use ShoutoutOtp\Exception\Failure;
use ShoutoutOtp\Exception\InvalidInputException;
use ShoutoutOtp\Exception\LibraryException;
use ShoutoutOtp\Exception\LibraryNotLoadedException;
use ShoutoutOtp\Exception\NetworkException;
use ShoutoutOtp\Exception\ServiceException;
use ShoutoutOtp\Exception\ShoutoutException;
use ShoutoutOtp\Exception\TimeoutException;
use ShoutoutOtp\Internal\Exceptions;
use ShoutoutOtp\Status;

final class ExceptionTreeTest extends TestCase
{
    /** @dataProvider statuses */
    public function testEachStatusHasItsOwnClassInItsRange(Status $status, string $range): void
    {
        $exception = self::exception($status->value);

        $own = 'ShoutoutOtp\\Exception\\' . $status->name . 'Exception';
        self::assertSame($status === Status::InvalidArgument ? ConfigurationException::class : $own, $exception::class);
        self::assertInstanceOf($range, $exception);
        self::assertSame($status, $exception->getStatus());
        self::assertSame($status->value, $exception->getCode());
    }

    /** @return iterable<string, array{Status, class-string}> */
    public function statuses(): iterable
    {
        foreach (Status::cases() as $status) {
            if ($status !== Status::Ok) {
                yield $status->name => [$status, self::range($status->value)];
            }
        }
    }

    /** @dataProvider numbersOfALaterLibrary */
    public function testANumberOfALaterLibraryHasTheClassOfItsRange(int $number): void
    {
        $exception = self::exception($number);

        self::assertSame(self::range($number), $exception::class);
        self::assertSame(Status::InternalError, $exception->getStatus());
        self::assertSame($number, $exception->getCode());
    }

    /** @return list<array{int}> */
    public function numbersOfALaterLibrary(): array
    {
        return [[8], [19], [27], [39], [45], [59], [61], [1000], [-1]];
    }

    public function testNoClassIsWithoutAStatus(): void
    {
        $thrown = [LibraryNotLoadedException::class];
        foreach ([...array_column(Status::cases(), 'value'), 19, 39, 59, 1000] as $number) {
            $thrown[] = self::exception($number)::class;
        }
        foreach (glob(__DIR__ . '/../src/Exception/*Exception.php') ?: [] as $file) {
            $class = 'ShoutoutOtp\\Exception\\' . basename($file, '.php');
            if ($class !== ShoutoutException::class) {
                self::assertContains($class, $thrown);
            }
        }
    }

    public function testAnExceptionTellsAllThatIsKnown(): void
    {
        $previous = new \Exception();
        $facts = new Failure(23, 'timed out', Delivery::Unknown, 504, '1007', 'slow', 1500, 3, 99, 'ref');
        $exception = new TimeoutException($facts, $previous);

        self::assertSame('timed out', $exception->getMessage());
        self::assertSame(Delivery::Unknown, $exception->getDelivery());
        self::assertSame(504, $exception->getHttpStatus());
        self::assertSame('1007', $exception->getServiceStatus());
        self::assertSame('slow', $exception->getServiceMessage());
        self::assertSame(1500, $exception->getRetryAfterMs());
        self::assertSame(3, $exception->getAttempts());
        self::assertSame(99, $exception->getElapsedUs());
        self::assertSame('ref', $exception->getReferenceId());
        self::assertSame($previous, $exception->getPrevious());
    }

    public function testPhpsOwnExceptionsCatchThemToo(): void
    {
        self::assertInstanceOf(\InvalidArgumentException::class, self::exception(1));
        self::assertInstanceOf(\RuntimeException::class, self::exception(20));
    }

    private static function exception(int $number): ShoutoutException
    {
        return Exceptions::from(new Failure($number, 'message', Delivery::NotSent));
    }

    /** @return class-string */
    private static function range(int $number): string
    {
        return match (true) {
            in_array($number, range(1, 19), true) => InvalidInputException::class,
            in_array($number, range(20, 39), true) => NetworkException::class,
            in_array($number, range(40, 59), true) => ServiceException::class,
            default => LibraryException::class,
        };
    }
}
