"""Running what lies in ``scripts/``: as a process, or within this one where it only refuses."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from click.testing import CliRunner

if TYPE_CHECKING:
    from click.testing import Result

CHECKOUT = Path(__file__).parents[2]


def rows(number: int = 120) -> list[dict[str, Any]]:
    """Posts that a network can tell apart at once."""
    feelings = {
        "green": "had a good quiet day with friends",
        "amber": "feel sad and alone this week",
        "red": "think about dying and wish it would stop",
        "crisis": "am going to kill myself tonight",
    }
    return [
        {
            "text": f"Number {index}: I {words}.",
            "severity": severity,
            "misinformation": index % 2,
            "group": f"{severity}-{index}",
        }
        for index in range(number // 4)
        for severity, words in feelings.items()
    ]


def write(file: Path, lines: list[Any]) -> Path:
    file.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", encoding="utf-8"
    )
    return file


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "KITH_DATA_DIR": str(data_dir), **more}


def run(script: str, *arguments: str, data_dir: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, f"scripts/{script}", *arguments],
        capture_output=True, text=True, check=False, cwd=CHECKOUT, env=environment(data_dir, **more),
    )  # fmt: skip


def run_here(script: str, *arguments: str, data_dir: Path, **more: str) -> Result:
    """Run a script within this process, which spares it the seconds that it takes to import torch."""
    logs = structlog.get_config()
    main = runpy.run_path(str(CHECKOUT / "scripts" / script))["main"]
    try:
        return CliRunner().invoke(main, arguments, env={"KITH_DATA_DIR": str(data_dir), **more})
    finally:
        structlog.configure(**logs)
