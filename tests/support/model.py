"""The released model, loaded once, and copies of it that were tampered with."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors.numpy import load_file, save

from triage.loading import load_bare, load_classifier
from triage.model.release import LEARNT, MANIFEST, FileEntry, Manifest, open_release, sha256_of
from triage.model.shelf import RELEASED

if TYPE_CHECKING:
    from pathlib import Path

    from triage.classifier import Classifier
    from triage.model.bare import BareModel


@cache
def released_model() -> BareModel:
    """The bare model."""
    return load_bare(open_release(RELEASED))


@cache
def released_classifier() -> Classifier:
    """The whole triage."""
    return load_classifier(released_model(), open_release(RELEASED))


def copy_of_release(folder: Path) -> Path:
    """A model folder that may be harmed."""
    shutil.copytree(RELEASED, folder)
    return folder


def write_weights(folder: Path, value: float) -> None:
    """Fill the head's weights with a value, and have the manifest agree."""
    weights = load_file(folder / LEARNT)
    weights["head.4.weight"] = np.full_like(weights["head.4.weight"], value)
    change(folder, LEARNT, save(weights))


def change(folder: Path, name: str, content: bytes) -> None:
    """Write one file of a model folder anew, and have the manifest agree."""
    (folder / name).write_bytes(content)
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    entry = FileEntry(sha256=sha256_of(folder / name), bytes=len(content))
    changed = msgspec.structs.replace(manifest, files={**manifest.files, name: entry})
    (folder / MANIFEST).write_bytes(msgspec.json.encode(changed))


def with_encoder(folder: Path, encoder: Path, *, pins: bool = True) -> None:
    """Have a model read with the encoder of a folder; without pins, as models did of before there were any."""
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    files = manifest.encoder_files if pins else {}
    changed = msgspec.structs.replace(manifest, encoder=str(encoder), encoder_files=files)
    (folder / MANIFEST).write_bytes(msgspec.json.encode(changed))


def rename(folder: Path, version: str) -> None:
    """Have a model call itself another version."""
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    (folder / MANIFEST).write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, version=version)))
