"""What ``scripts/up`` and ``scripts/test`` do about a virtual environment that is not whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.scripts import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

MAKE = '. scripts/environment.sh; venv_is_usable || make_venv; "$venv/bin/python" -m pip --version'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own, without a virtual environment."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(CHECKOUT / "scripts" / "environment.sh", tmp_path / "scripts")
    return tmp_path


def test_environment_whose_making_was_interrupted_is_made_anew(checkout: Path) -> None:
    # Its Python comes first, and pip last.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)

    done = subprocess.run(["bash", "-c", MAKE], cwd=checkout, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert str(checkout / ".venv") in done.stdout


def test_whole_environment_is_kept(checkout: Path) -> None:
    subprocess.run(["bash", "-c", MAKE], cwd=checkout, check=True, capture_output=True)
    (checkout / ".venv" / "kept").touch()

    subprocess.run(["bash", "-c", MAKE], cwd=checkout, check=True, capture_output=True)

    assert (checkout / ".venv" / "kept").exists()
