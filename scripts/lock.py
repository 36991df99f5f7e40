"""Writes requirements.lock: the exact version of everything that Kith, its training and its tests install.

Run it with the virtual environment's Python after a change to the dependencies in pyproject.toml, or to take newer
versions: ``.venv/bin/python scripts/lock.py``. Versions are resolved by pip for the Python that runs it, from the
indexes that pip is set up with; use the oldest Python that Kith supports, so that the lock suits the newer ones too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

CHECKOUT = Path(__file__).resolve().parent.parent
HEADER = """\
# Exact versions of everything installed, used as constraints: pip install -c requirements.lock -e .
# Written by scripts/lock.py; change pyproject.toml instead and run that again.
"""


def resolve() -> list[tuple[str, str]]:
    """Let pip choose a version of every package and return (name, version), sorted by name."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        subprocess.run([*command, "--report", str(report), f"{CHECKOUT}[train,test]"], check=True)  # noqa: S603 - fixed
        # Any: pip's own JSON, of which two fields are read
        installs = cast("list[dict[str, Any]]", json.loads(report.read_text(encoding="utf-8"))["install"])
    found = ((str(entry["metadata"]["name"]).lower(), str(entry["metadata"]["version"])) for entry in installs)
    # A local part such as +cpu names one build of the same version; the pin has to fit all of them.
    return sorted((name, version.partition("+")[0]) for name, version in found if name != "kith")


def main() -> None:
    """Write the lock beside pyproject.toml and say how many packages it names."""
    pins = resolve()
    lines = "".join(f"{name}=={version}\n" for name, version in pins)
    (CHECKOUT / "requirements.lock").write_text(HEADER + lines, encoding="utf-8")
    print(f"requirements.lock: {len(pins)} packages")


if __name__ == "__main__":
    main()
