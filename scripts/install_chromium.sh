#!/bin/sh
# The browser of the book's tests, where a package manager may be used; never fails: without it those tests are skipped.
set -u

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

skip() {
    echo "make: $*; the browser tests of the book are skipped" >&2
    exit 0
}

command -v apt-get >/dev/null 2>&1 || skip "there is no chromium, and no apt-get to install it with"
if [ "$(id -u)" = 0 ]; then
    root=
elif sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    skip "there is no chromium; install it with: sudo apt-get install chromium"
fi

echo "Installing chromium for the browser tests of the book." >&2
install="env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium"
{ $root apt-get update && $root $install; } >/dev/null 2>&1 || skip "chromium could not be installed"
