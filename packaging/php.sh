#!/usr/bin/env bash
# Makes the Composer package, with what each platform needs inside:   php.sh BUNDLES OUT
# BUNDLES has a folder per platform, such as linux-x86_64-gnu, that packaging/bundle.sh made; the package is
# OUT/shoutout-otp-php-VERSION.zip, for an artifact repository of Composer. The same inputs give the same bytes: every file
# has the date SOURCE_DATE_EPOCH, by default that of the last commit.
set -euo pipefail
usage='usage: php.sh BUNDLES OUT'
bundles=$(realpath -e "${1:?$usage}")
mkdir -p "${2:?$usage}"
out=$(realpath -e "$2")
cd "$(dirname "$0")/.."

version=$(scripts/version.sh)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# No tests, no settings of their tools: what an application has in its vendor folder, it deploys.
mkdir -p "$work/bin" "$work/lib"
cp -R bindings/php/{src,README.md,autoload.php,preload.php} LICENSE LICENSE-* "$work"
cp bindings/php/bin/shoutout-otp "$work/bin"
# The tree has no version, for Composer takes it from a tag; an archive has none.
# shellcheck disable=SC2016  # the variables are PHP's
php -r '
    $package = json_decode(file_get_contents($argv[1]), flags: JSON_THROW_ON_ERROR);
    $package->version = $argv[2];
    echo json_encode($package, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
' bindings/php/composer.json "$version" > "$work/composer.json"

# Platforms only: a folder such as `native` is for this machine.
platforms=0
for bundle in "$bundles"/*-*-*/; do
    platform=$(basename "$bundle")
    for file in libshoutout_otp.so shoutout-sandbox THIRD-PARTY-LICENSES.txt; do
        if [ ! -f "$bundle/$file" ]; then
            echo "php: $bundle$file is missing, and no package may go out without it; packaging/bundle.sh makes it" >&2
            exit 1
        fi
        install -D "$bundle/$file" "$work/lib/$platform/$file"
    done
    platforms=$((platforms + 1))
done
if [ "$platforms" -eq 0 ]; then
    echo "php: there is no platform's folder in $bundles; packaging/bundle.sh makes them" >&2
    exit 1
fi

# What a file may do must not depend on who packs it.
find "$work" -type f -exec chmod 0644 {} +
find "$work" -type d -exec chmod 0755 {} +
chmod 0755 "$work/bin/shoutout-otp" "$work"/lib/*/{libshoutout_otp.so,shoutout-sandbox}
find "$work" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

# Whole files only, and none of an earlier version beside them. -X: no owners, no times of access.
(cd "$work" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 "$work/package.zip" -@)
rm -f "$out"/shoutout-otp-php-*.zip
install -m 0644 "$work/package.zip" "$out/shoutout-otp-php-$version.zip"
