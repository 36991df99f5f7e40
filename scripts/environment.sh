# Sourced by scripts/up and scripts/test: makes the virtual environment and installs what is missing in it.
# shellcheck shell=bash

kith_say() { printf 'kith: %s\n' "$*" >&2; }
kith_stop() {
    kith_say "$*"
    exit 1
}

checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$checkout/.venv"

is_recent_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Prints the first Python that is recent enough. 3.11 and 3.12 come first: the Redis wheel exists for these.
find_python() {
    local name
    for name in ${KITH_PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
        # A name on PATH may be a shim without a Python behind it, so each one is tried.
        if is_recent_python "$name"; then
            printf '%s\n' "$name"
            return
        fi
    done
    kith_stop "Kith needs Python 3.11 or later. Install it (Debian, Ubuntu: apt install python3 python3-venv)" \
        "or name one: KITH_PYTHON=/path/to/python3 $0"
}

# A virtual environment works only where it was made, and only while its Python is there. Without a word of ours about
# where that was, its making may have been interrupted: pip comes last.
venv_is_usable() {
    is_recent_python "$venv/bin/python" || return
    if [ -e "$venv/made-in" ]; then
        [ "$(cat "$venv/made-in")" = "$checkout" ]
    else
        "$venv/bin/python" -m pip --version >/dev/null 2>&1
    fi
}

make_venv() {
    local python
    python="$(find_python)" || exit 1
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        kith_stop "$python cannot make virtual environments. Debian, Ubuntu: apt install python3-venv"
    "$python" -m venv --clear "$venv" || kith_stop "the virtual environment $venv could not be made; is the disk full?"
    printf '%s\n' "$checkout" >"$venv/made-in"
}

# What is installed follows from these files and from the extras that were asked for.
installation_stamp() { cat "$checkout/pyproject.toml" "$checkout/requirements.lock" <(printf '%s' "$1") | cksum; }

is_installed() { venv_is_usable && [ "$(cat "$venv/installed" 2>/dev/null)" = "$(installation_stamp "$1")" ]; }

# install_kith EXTRAS: EXTRAS is empty or a list such as [test].
install_kith() {
    local extras="$1"
    # What the tests need includes all that running needs.
    if is_installed "$extras" || is_installed "[test]"; then
        return
    fi
    (
        # When root starts Kith, PostgreSQL's programs run as another user, who must be able to read them.
        umask 022
        venv_is_usable || make_venv
        rm -f "$venv/installed"
        kith_say "installing packages into .venv (a minute or two the first time)"
        cd "$checkout" || exit 1
        "$venv/bin/python" -m pip install -qq --disable-pip-version-check \
            --constraint requirements.lock --editable ".$extras" ||
            kith_stop "the packages could not be installed; the lines above say why"
        installation_stamp "$extras" >"$venv/installed"
    ) || exit 1
}
