"""What a run of training has learnt so far, on disk, so that it can be killed at any moment and taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from triage.training.network import learnt_weights

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from triage.training.network import Network

SAVED_STATE = "state.safetensors"


def save_state(folder: Path, network: Network, optimiser: torch.optim.AdamW, run: str, step: int) -> None:
    """Save what a run has learnt by a step; what was saved before stands until all is written."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"weight.{name}": weight for name, weight in learnt_weights(network).items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{key}": value.cpu() for key, value in state.items()}
    new = folder / "state.new"
    save_file(tensors, new, {"step": str(step), "run": run})
    new.replace(folder / SAVED_STATE)


def saved_step(folder: Path, run: str) -> int:
    """Return the step to go on with; 0 where nothing of the same run was saved."""
    file = folder / SAVED_STATE
    if not file.is_file():
        return 0
    with safe_open(file, "pt") as saved:
        notes: dict[str, str] = saved.metadata()
    return int(notes["step"]) if notes["run"] == run else 0


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
