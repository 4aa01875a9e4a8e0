# shellcheck shell=bash disable=SC2034  # used by those that source this
# What is packaged for which platform; sourced by the other scripts here.
# platform (as in lib/<platform> of the PHP package)   Rust target
# The glibc targets are built against the oldest glibc that Rust itself supports: what is built here loads on whatever is
# newer.
GLIBC_FLOOR=2.17
declare -A TARGET_OF=(
    [linux-x86_64-gnu]=x86_64-unknown-linux-gnu
    [linux-aarch64-gnu]=aarch64-unknown-linux-gnu
    [linux-x86_64-musl]=x86_64-unknown-linux-musl
    [linux-aarch64-musl]=aarch64-unknown-linux-musl
)
PLATFORMS=(linux-x86_64-gnu linux-aarch64-gnu linux-x86_64-musl linux-aarch64-musl)
# Those whose packages make test-install uses in every way that users do. The others are built.
TESTED=(linux-x86_64-gnu)
