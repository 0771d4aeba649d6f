#!/bin/sh
# The cluster of the tests, where a package manager may be used; never fails: without it that test is skipped.
set -u

command -v slurmd >/dev/null 2>&1 && command -v munged >/dev/null 2>&1 && exit 0

skip() {
    echo "make: $*; the test on a Slurm cluster is skipped" >&2
    exit 0
}

command -v apt-get >/dev/null 2>&1 || skip "there is no slurmd, and no apt-get to install it with"
[ "$(id -u)" = 0 ] || skip "Slurm's daemons have to run as root" # so there is no use in sudo here

echo "Installing slurm-wlm for the test on a cluster." >&2
install="env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends slurm-wlm"
{ apt-get update && $install; } >/dev/null 2>&1 || skip "slurm-wlm could not be installed"
