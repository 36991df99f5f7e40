"""A trained model as files: what it learnt, how to read it, and a manifest that shows whether anything was changed.

Only safetensors and JSON: nothing in a model folder can run code when it is loaded.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from triage.model.base import CONFIG, TOKENIZER, WEIGHTS, find_encoder
from triage.model.graph import READ, WORDS, Ranges, Shape
from triage.model.reading import Calibration, Thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANIFEST = "manifest.json"
LEARNT = "learnt.safetensors"
SETTINGS = "model.json"
MYTHS = "myths.safetensors"
"""Embeddings of the myth library, under its key."""


class ModelUnusable(RuntimeError):
    """A model folder that is incomplete, was changed or does not fit; the message says which file and why."""


class FileEntry(msgspec.Struct, frozen=True):
    """What a file must be."""

    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to a model."""

    version: str
    created_at: str
    """UTC, ISO 8601."""
    base: str
    """SHA-256 of the encoder's weights."""
    encoder: str = ""
    """Folder of the encoder; empty for the one in the wheel."""
    encoder_files: dict[str, str] = {}
    """SHA-256 of the encoder's tokenizer and configuration, by name; empty in models of before they were pinned."""
    data: dict[str, str]
    """SHA-256 of each file of examples, by name; of decisions, the newest one's id before it."""
    files: dict[str, FileEntry]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How the learnt weights are used."""

    calibration: Calibration
    thresholds: Thresholds
    myth_similarity: float = 0.74
    """Cosine from which on a sentence counts as one of a myth's phrasings."""
    deadly_similarity: float = 0.74
    """Cosine from which on a claim counts as deadly, where the nearest myth is."""
    ranges: Ranges
    """Empty where the encoder is none that int8 knows: such a model is served by torch."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A model folder that was checked."""

    folder: Path
    encoder: Path
    manifest: Manifest
    settings: Settings
    sha256: str
    """Of the manifest, which names every file's: no other model has the same."""


def sha256_of(file: Path) -> str:
    """Return the hex digest of a file."""
    digest = sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def open_release(folder: Path) -> Release:
    """Check every file of a model folder, and that the encoder is the one that it was trained on.

    Raises: ModelUnusable, EncoderMissing.
    """
    try:
        written = (folder / MANIFEST).read_bytes()
        manifest = msgspec.json.decode(written, type=Manifest)
    except OSError as error:
        raise ModelUnusable(f"{folder} holds no model: {MANIFEST} cannot be read ({error.strerror}).") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelUnusable(f"{folder / MANIFEST} cannot be understood: {error}.") from error
    for name, entry in manifest.files.items():
        _check(folder, name, entry)
    if lacking := {LEARNT, SETTINGS} - manifest.files.keys():
        raise ModelUnusable(f"{folder / MANIFEST} does not name {', '.join(sorted(lacking))}.")
    try:
        settings = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelUnusable(f"{folder / SETTINGS} is of another version of Kith: {error}.") from error
    encoder = find_encoder(manifest.encoder)
    for name, pinned in {WEIGHTS: manifest.base, **manifest.encoder_files}.items():
        _check_encoder(encoder / name, pinned, manifest.version)
    pin = sha256(written).hexdigest()
    return Release(folder=folder, encoder=encoder, manifest=manifest, settings=settings, sha256=pin)


def pin_encoder(encoder: Path) -> dict[str, str]:
    """Return the SHA-256 of what decides, beside the weights, how an encoder reads."""
    return {name: sha256_of(encoder / name) for name in (TOKENIZER, CONFIG)}


def _check_encoder(file: Path, pinned: str, version: str) -> None:
    try:
        is_same = file.name in (WEIGHTS, TOKENIZER, CONFIG) and sha256_of(file) == pinned
    except OSError as error:
        raise ModelUnusable(f"{file} cannot be read ({error.strerror}).") from error
    if not is_same:
        raise ModelUnusable(
            f"Model {version} was trained on another encoder than the one in {file.parent}: {file.name} differs."
        )


def _check(folder: Path, name: str, entry: FileEntry) -> None:
    file = folder / name
    if Path(name).name != name:
        raise ModelUnusable(f"{folder / MANIFEST} names a file outside its folder: {name}.")
    if not file.is_file():
        raise ModelUnusable(f"The model in {folder} is incomplete: {name} is missing.")
    try:
        is_whole = file.stat().st_size == entry.bytes and sha256_of(file) == entry.sha256
    except OSError as error:
        raise ModelUnusable(f"{file} cannot be read ({error.strerror}).") from error
    if not is_whole:
        raise ModelUnusable(f"The model in {folder} was changed or damaged: {name} is not the file that was written.")


def load_shape(encoder: Path) -> Shape:
    """Read the form of an encoder.

    Raises: ModelUnusable where it is none that can be served in int8.
    """
    try:
        return msgspec.json.decode((encoder / CONFIG).read_bytes(), type=Shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelUnusable(
            f"The encoder in {encoder} cannot be served in int8: {error}. Use the torch backend."
        ) from error


def merged_weights(encoder: Path, learnt: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Join the encoder's weights with what was learnt, as the graph names them."""
    return encoder_weights(encoder) | {name.removeprefix("encoder."): value for name, value in learnt.items()}


def encoder_weights(encoder: Path) -> dict[str, NDArray[np.float32]]:
    """Read an encoder's weights, by the names of an encoder alone: others are stored with what was trained on them.

    Raises: ModelUnusable where there is none.
    """
    stored = load_file(encoder / WEIGHTS)
    place = next((name.removesuffix(WORDS) for name in stored if name.endswith(WORDS)), None)
    if place is None:
        raise ModelUnusable(f"{encoder / WEIGHTS} holds no encoder of the BERT family: it has no {WORDS}.")
    return {
        name.removeprefix(place).replace(".gamma", ".weight").replace(".beta", ".bias"): value.astype(np.float32)
        for name, value in stored.items()
        if value.dtype.kind == "f"
    }


def load_weights(release: Release) -> dict[str, NDArray[np.float32]]:
    """Return the weights of the whole network in float32.

    Raises: ModelUnusable.
    """
    try:
        stored = load_file(release.folder / LEARNT)
    except SafetensorError as error:
        raise ModelUnusable(f"{release.folder / LEARNT} cannot be read: {error}.") from error
    learnt = {name: value.astype(np.float32) for name, value in stored.items()}
    weights = merged_weights(release.encoder, learnt)
    if (head := weights.get("head.1.weight")) is None:
        raise ModelUnusable(f"The model in {release.folder} lacks the weights 'head.1.weight'.")
    # A head of before it read the highest of each feature makes nothing of it.
    read = READ * weights[WORDS].shape[1]
    return weights | {"head.1.weight": np.pad(head, [(0, 0), (0, read - head.shape[1])])}
