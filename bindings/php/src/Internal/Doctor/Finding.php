<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal\Doctor;

/**
 * One line of the report, or a few. Its text holds no secret.
 *
 * @internal
 */
final class Finding
{
    public function __construct(
        public readonly Verdict $verdict,
        public readonly string $subject,
        public readonly string $text,
    ) {
    }

    /** A column for the verdict, one for the subject, and the text beside them. */
    public function __toString(): string
    {
        $head = sprintf('%-12s %-10s ', $this->verdict->value, $this->subject);

        return $head . str_replace("\n", "\n" . str_repeat(' ', strlen($head)), rtrim($this->text));
    }
}
