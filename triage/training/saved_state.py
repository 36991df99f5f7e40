"""What a run of training has learnt so far, on disk, so that it can be killed at any moment and taken up again."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import structlog
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from triage.training.network import learnt_weights

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import torch

    from triage.training.network import Network

log = structlog.get_logger(__name__)

SAVED_STATE = "state.safetensors"


class AlreadyTraining(RuntimeError):
    """Another process trains in the same work folder."""


def work_folder(model: Path) -> Path:
    """Return where a run keeps its state, beside the folder that its model will have."""
    return model.with_name(model.name + ".work")


@contextmanager
def only_run(work: Path) -> Generator[None]:
    """Hold a work folder, which is made; the kernel gives it back however we end. An empty one goes at the end.

    Raises: AlreadyTraining.
    """
    work.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(work, os.O_RDONLY)
    try:
        if not _takes(work, descriptor):
            raise AlreadyTraining(
                f"The same training runs already, in {work}. Let it end; the same command shows then what it made."
            )
        try:
            yield
        finally:
            with suppress(OSError):
                work.rmdir()
    finally:
        os.close(descriptor)


def _takes(work: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(work.stat(), os.fstat(descriptor))  # else whoever held it has just removed it
    except (BlockingIOError, FileNotFoundError):
        return False


def save_state(folder: Path, network: Network, optimiser: torch.optim.AdamW, run: str, step: int) -> None:
    """Save what a run has learnt by a step; what was saved before stands until all is written."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"weight.{name}": weight for name, weight in learnt_weights(network).items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{key}": value.cpu() for key, value in state.items()}
    new = folder / "state.new"
    save_file(tensors, new, {"step": str(step), "run": run})
    with new.open("rb") as written:
        os.fsync(written.fileno())  # else a power cut can leave an empty file under the name
    new.replace(folder / SAVED_STATE)


def saved_step(folder: Path, run: str) -> int:
    """Return the step to go on with; 0 where nothing of the same run was saved, or nothing that can be read."""
    file = folder / SAVED_STATE
    if not file.is_file():
        return 0
    try:
        with safe_open(file, "pt") as saved:
            notes: dict[str, str] = saved.metadata() or {}
    except (SafetensorError, OSError) as problem:
        log.warning("saved_state_unreadable", file=str(file), problem=str(problem), then="training begins anew")
        return 0
    return int(notes["step"]) if notes.get("run") == run else 0


def take_up(
    folder: Path, network: Network, optimiser: torch.optim.AdamW, schedule: torch.optim.lr_scheduler.LambdaLR, step: int
) -> None:
    """Load what was saved at a step."""
    tensors = load_file(folder / SAVED_STATE)
    weights = {name.removeprefix("weight."): value for name, value in tensors.items() if name.startswith("weight.")}
    network.load_state_dict(weights, strict=False)
    state = optimiser.state_dict()
    for name, value in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".")
            state["state"].setdefault(int(index), {})[key] = value
    for _ in range(step):
        schedule.step()
    rates = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state["state"], "param_groups": rates})
