#!/usr/bin/env bash
# Installs the Composer package where the sources cannot be reached, and uses it:   php.sh DIST [ECHO_SERVICE]
# DIST holds what packaging/php.sh made. Composer gets it from an artifact repository, without Packagist and the network;
# then the tests in php/ use what was installed, from the command line and in PHP-FPM. ECHO_SERVICE, the built
# tests/stub-service, counts connections. A failure names the package and the step.
set -euo pipefail
usage='usage: php.sh DIST [ECHO_SERVICE]'
dist=$(realpath -e "${1:?$usage}")
cd "$(dirname "$0")/../.."
echo_service=$(realpath -e "${2:-${CARGO_TARGET_DIR:-target}/debug/echo-service}")

package='the Composer package'
# shellcheck source=tests/install/steps.sh
source tests/install/steps.sh

# Composer as it is on any machine, but for the network and for whoever runs this.
export COMPOSER_HOME=$work/composer COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_DISABLE_NETWORK=1 COMPOSER_NO_INTERACTION=1
composer --quiet config --global repositories.packagist.org false
# in_project COMMAND…: in $project, without the sources.
in_project() { tests/install/without-sources.sh env --chdir="$project" "$@"; }

# The commands that docs/install-php.md begins with, to the letter: two of Composer's, and the doctor.
commands=$(first_commands docs/install-php.md)
# require FOLDER COMMANDS: in an empty project.
require() {
    project=$work/$1
    mkdir "$project"
    ln -s "$work/dist" "$project/dist"
    in_project composer --quiet init --name=test/application
    in_project sh -ec "$2"
}

# Copied, for all of it may lie in the source tree.
mkdir "$work/dist"
cp "$dist"/shoutout-otp-php-*.zip "$work/dist"
package=$(basename "$work"/dist/*.zip)
cp -R tests/install/php "$work/tests"
cp "$echo_service" "$work/echo-service"
# PHP-FPM's workers, and a master of another user, read here.
chmod -R a+rX "$work"

next 'the commands of docs/install-php.md'
require application "$commands"
cp "$work"/tests/app/*.php examples/php/{Login,LoginTest}.php "$project"
chmod -R a+rX "$project"

export SHOUTOUT_TEST_ARCHIVE=$work/dist/$package SHOUTOUT_TEST_PROJECT=$project
SHOUTOUT_TEST_ECHO_SERVICE=$work/echo-service SHOUTOUT_TEST_IS_ROOT=$([ "$(id -u)" -ne 0 ] || echo yes)
export SHOUTOUT_TEST_ECHO_SERVICE SHOUTOUT_TEST_IS_ROOT
[ -n "$SHOUTOUT_TEST_IS_ROOT" ] || echo 'tests/install/php: NOT RUN: PHP-FPM whose master is root, for this is not root' >&2

# test WHAT FILE: warnings are failures; what is skipped says why.
test_installed() {
    next "$1"
    in_project phpunit --verbose --fail-on-warning --fail-on-risky --bootstrap "$work/tests/bootstrap.php" "$2"
}
test_installed 'what is in it' "$work/tests/ContentsTest.php"
test_installed 'the command line' "$work/tests/CommandLineTest.php"
test_installed 'the doctor' "$work/tests/DoctorTest.php"
test_installed 'PHP-FPM' "$work/tests/FpmTest.php"

next "an application's own PHPUnit tests, with the package's sandbox"
in_project phpunit --fail-on-warning --bootstrap "$project/bootstrap.php" LoginTest.php

next 'composer require without unzip: PHP unpacks instead, and forgets the permissions'
mkdir "$work/bin"
ln -s "$(command -v composer)" "$(command -v php)" "$(command -v env)" "$(command -v sh)" "$work/bin"
require application-without-unzip "PATH=$work/bin; ${commands%$'\n'*}"
cp "$work/tests/app/send.php" "$project"
sandbox=$project/vendor/shoutout-otp/shoutout-otp/lib/linux-$(uname -m)-gnu/shoutout-sandbox
[ -f "$sandbox" ] && [ ! -x "$sandbox" ]
in_project php send.php
[ -x "$sandbox" ]
echo "tests/install/php: $package: everything passed; look above for NOT RUN"
