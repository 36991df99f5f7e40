"""What others wrote lies here exactly as they released it, with its licence beside it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
VENDORED = (REPOSITORY / "server/static/vendor", REPOSITORY / "tests/browser/vendor")
LISTED = re.compile(
    r"^\| `(?P<file>[^`]+)` \|.*?`(?P<licence>LICENSE[^`]+)`.*\| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE
)


def listed_in(folder: Path) -> list[re.Match[str]]:
    return list(LISTED.finditer((folder / "README.md").read_text()))


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_every_vendored_script_is_listed(folder):
    assert {row["file"] for row in listed_in(folder)} == {path.name for path in folder.glob("*.js")}


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_vendored_scripts_are_unchanged(folder):
    for row in listed_in(folder):
        assert hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_every_vendored_script_has_its_licence_beside_it(folder):
    for row in listed_in(folder):
        assert (folder / row["licence"]).read_text().strip(), row["file"]
