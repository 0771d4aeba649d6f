#!/bin/sh
# Make a virtual environment with pip in it, or leave a working one as it is.
#   scripts/make_venv.sh FOLDER [PYTHON]     PYTHON: default, the first Python >= 3.11 found
set -eu
venv=$1
python=${2:-}

fail() {
    echo "make: $*" >&2
    exit 1
}

recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Debian and Ubuntu ship Python without ensurepip, which venv needs.
complete() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    recent "$venv/bin/python" || fail "$venv has $("$venv/bin/python" --version), and mcdeconv needs Python >= 3.11: delete $venv and run make again"
    exit 0
fi

if [ -n "$python" ]; then
    command -v "$python" >/dev/null || fail "there is no $python; mcdeconv needs Python >= 3.11"
    recent "$python" || fail "mcdeconv needs Python >= 3.11; $python is $("$python" --version 2>&1)"
else
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        if recent "$candidate"; then
            python=$candidate
            break
        fi
    done
    [ -n "$python" ] || fail "mcdeconv needs Python >= 3.11, and none was found; install one, or name it: make PYTHON=/path/to/python3.11"
fi

package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
if ! complete && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "$python cannot make virtual environments; installing $package" >&2
    { apt-get update && apt-get install --yes --no-install-recommends "$package"; } >/dev/null || true
fi
complete || fail "$python cannot make virtual environments; on Debian and Ubuntu: sudo apt-get install $package, then make again"

"$python" -m venv --clear "$venv"
