<?php

declare(strict_types=1);

namespace InstallTest;

use PHPUnit\Framework\TestCase;

/**
 * What an application gets into its vendor folder.
 */
final class ContentsTest extends TestCase
{
    public function testItHasLibrarySandboxAndLicencesOfEachPlatform(): void
    {
        $platforms = glob(Command::package() . '/lib/*');

        self::assertNotEmpty($platforms);
        foreach ($platforms as $platform) {
            self::assertFileExists("{$platform}/libshoutout_otp.so");
            self::assertTrue(is_executable("{$platform}/shoutout-sandbox"), $platform);
            self::assertFileExists("{$platform}/THIRD-PARTY-LICENSES.txt");
        }
        self::assertNotEmpty(glob(Command::package() . '/LICENSE-*'));
    }

    public function testItHasNothingThatOnlyDevelopersOfThePackageUse(): void
    {
        $files = [];
        $folder = new \RecursiveDirectoryIterator(Command::package(), \FilesystemIterator::SKIP_DOTS);
        foreach (new \RecursiveIteratorIterator($folder) as $file) {
            $files[] = substr((string) $file, strlen(Command::package()));
        }

        self::assertContains('/src/Client.php', $files);
        self::assertSame([], array_values(preg_grep('~/tests/|\.dist$|\.neon$|/\.|flatten|\.a$~', $files)));
    }

    public function testNoFileNamesTheMachineThatMadeIt(): void
    {
        $sources = (string) getenv('SHOUTOUT_HIDDEN_SOURCES');
        self::assertNotSame('', $sources);
        $search = ['grep', '--recursive', '--fixed-strings', '--files-with-matches', '--', $sources];
        $found = Command::run([...$search, Command::package()]);

        self::assertSame('', $found->output);
        self::assertSame(1, $found->status);
    }

    public function testItsVersionIsThatOfTheArchive(): void
    {
        $package = json_decode((string) file_get_contents(Command::package() . '/composer.json'), true);

        $archive = basename((string) getenv('SHOUTOUT_TEST_ARCHIVE'));
        self::assertSame($archive, "shoutout-otp-php-{$package['version']}.zip");
    }
}
