# Sourced by scripts/test: finds a Chromium for the browser tests, or gets one.
# shellcheck shell=bash

# Sets KITH_BROWSER to a Chromium on PATH. Without it the tests use Playwright's own, if that is there.
use_browser_on_path() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then
            KITH_BROWSER="$(command -v "$name")"
            export KITH_BROWSER
            return 0
        fi
    done
    return 1
}

has_playwright_browser() {
    "$venv/bin/python" - <<'PYTHON' >/dev/null 2>&1
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
PYTHON
}

get_browser() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        kith_say "installing Chromium with apt-get"
        if apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >&2 &&
            use_browser_on_path; then
            return 0
        fi
    fi
    kith_say "downloading Playwright's Chromium"
    "$venv/bin/python" -m playwright install chromium >&2 && has_playwright_browser
}

# Afterwards KITH_BROWSER_TESTS is "run" or "skip".
prepare_browser() {
    if [ -n "${KITH_BROWSER:-}" ] || use_browser_on_path || has_playwright_browser || get_browser; then
        KITH_BROWSER_TESTS=run
    else
        KITH_BROWSER_TESTS=skip
    fi
    export KITH_BROWSER_TESTS
}
