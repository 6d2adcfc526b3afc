#!/usr/bin/env bash
# Makes the checkout ready for what the Makefile does, and says what it installs.
#
#   packaging/setup.sh demo    the program: virtual environment, libraries of the window
#   packaging/setup.sh test    the same and the tools of the tests
#
# PYTHON=python3.12  picks the interpreter (3.11, 3.12 or 3.13); VENV=.venv-3.12 picks the folder (.venv).
# A `.venv` that is a link belongs to whoever made it: it is used as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

level=${1:-test}
venv=${VENV:-.venv}

# A library's file name or a command, and the Debian package that brings it.
window="libGL.so.1=libgl1 libEGL.so.1=libegl1 libxkbcommon.so.0=libxkbcommon0 libfontconfig.so.1=libfontconfig1
    libglib-2.0.so.0=libglib2.0-0 libdbus-1.so.3=libdbus-1-3 libxkbcommon-x11.so.0=libxkbcommon-x11-0
    libxcb-cursor.so.0=libxcb-cursor0 libxcb-icccm.so.4=libxcb-icccm4 libxcb-keysyms.so.1=libxcb-keysyms1
    libxcb-shape.so.0=libxcb-shape0"
screen="Xvfb=xvfb xauth=xauth xdotool=xdotool openbox=openbox ps=procps"

case $level in
    demo) needs=$window extras=all ;;
    test) needs="$window $screen" extras=all,dev ;;
    *) echo "setup: unknown level '$level': demo or test" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }
is_root() { [ "$(id -u)" = 0 ]; }

debian() {
    export DEBIAN_FRONTEND=noninteractive
    local quiet=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    apt-get "${quiet[@]}" update
    # Dpkg writes pages of progress; they matter only when it fails.
    local log
    log=$(mktemp)
    apt-get "${quiet[@]}" install -y --no-install-recommends "$@" >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get failed"; }
    rm -f "$log"
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        fail "system packages are missing: install what brings the files of these Debian packages, then run again: $*"
    elif is_root; then
        say "installing system packages: $*"
        debian "$@"
    else
        fail "system packages are missing: run this, then run again: sudo apt-get install --no-install-recommends $*"
    fi
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        supported "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13"
        echo "$PYTHON"
        return
    fi
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        if supported "$name"; then
            echo "$name"
            return
        fi
    done
    fail "no Python 3.11, 3.12 or 3.13 found: install one, or name it: make $level PYTHON=/path/to/python3"
}

system_packages() { # python, or nothing where the environment is a link
    local known missing=() pair file
    known=$( (PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true) | awk '{print $1}')
    for pair in $needs; do
        file=${pair%%=*}
        case $file in
            *.so.*) grep -qxF "$file" <<<"$known" || missing+=("${pair#*=}") ;;
            *) command -v "$file" >/dev/null || missing+=("${pair#*=}") ;;
        esac
    done
    # Debian splits off what `python -m venv` needs.
    if [ -n "$1" ] && ! "$1" -c 'import ensurepip' 2>/dev/null; then
        missing+=("$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
    fi
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# The stamp changes with what is installed and with the interpreter, not with the settings of a linter.
fingerprint() { # python
    "$1" - <<'PY'
import hashlib, json, pathlib, sys, tomllib
project = tomllib.loads(pathlib.Path("pyproject.toml").read_text())
parts = [project["project"], project["build-system"], pathlib.Path("packaging/constraints.txt").read_text()]
parts += [sys.version, str(pathlib.Path.cwd())]
print(hashlib.sha256(json.dumps(parts).encode()).hexdigest())
PY
}

version() { "$1" -c 'import sys; print(sys.version)' 2>/dev/null; }

virtual_environment() { # python
    local python=$1 want stamp
    want=$(fingerprint "$python")
    for stamp in "$venv/.setup-test" "$venv/.setup-$level"; do
        [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return
    done
    rm -f "$venv"/.setup-*

    if ! "$venv/bin/python" -c 'import pip' 2>/dev/null || [ "$(version "$venv/bin/python")" != "$(version "$python")" ]; then
        say "making $venv with $("$python" --version)"
        "$python" -m venv --clear "$venv"
    fi
    say "installing redrive[$extras] and what it needs into $venv (versions in packaging/constraints.txt)"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --use-pep517 \
        --constraint packaging/constraints.txt --editable ".[$extras]" ||
        fail "pip failed: see above; the next run starts over"
    echo "$want" >"$venv/.setup-$level"
}

if [ -L "$venv" ]; then
    [ -x "$venv/bin/python" ] || fail "$venv is a link to nothing usable: remove it"
    system_packages ""
else
    python=$(find_python)
    system_packages "$python"
    virtual_environment "$python"
fi
