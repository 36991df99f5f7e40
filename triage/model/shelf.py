"""Which models there are, and which one is in use.

The released model lies in ``triage/weights``; trained ones lie in ``var/models/<version>``. The file ``in-use`` there
names versions, newest choice first: what comes after the first is what Kith falls back on. ``withdrawn`` names others
that were in use: those before these, and those that somebody took back. ``thresholds.json`` holds
the thresholds that an admin set instead of those that training chose, by the SHA-256 of the model's manifest: they fit
no other model, whatever its name. The models themselves are never changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import structlog

from triage.files import write_whole
from triage.model.base import EncoderMissing
from triage.model.reading import Thresholds
from triage.model.release import MANIFEST, ModelUnusable, open_release, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.model.release import Release

Loaded = TypeVar("Loaded")

log = structlog.get_logger(__name__)

RELEASED = Path(__file__).parents[1] / "weights"
RELEASED_NAME = "released"
IN_USE = "in-use"
WITHDRAWN = "withdrawn"
THRESHOLDS = "thresholds.json"
KEPT = 5
"""So many versions can be fallen back on, newest first."""


class ModelShelf:
    """The models of one Kith."""

    def __init__(self, data_dir: Path) -> None:
        """Look in ``models/`` of Kith's data folder."""
        self.folder = data_dir / "models"

    def has_any_in_use(self) -> bool:
        """Tell whether there is a model yet that may be in use: one that was chosen, or the released one."""
        return (RELEASED / MANIFEST).is_file() or len(self.chosen()) > 1

    def versions(self) -> list[str]:
        """Return every trained version by name, and the released one before them."""
        found = self.folder.glob(f"*/{MANIFEST}") if self.folder.is_dir() else ()
        return [RELEASED_NAME, *sorted(file.parent.name for file in found if not file.parent.name.endswith(".new"))]

    def place_of(self, version: str) -> Path:
        """Return the folder of a version.

        Raises: ModelUnusable where there is none of this name.
        """
        if version not in self.versions():
            raise ModelUnusable(f"There is no model {version!r}. There are: {', '.join(self.versions())}.")
        return RELEASED if version == RELEASED_NAME else self.folder / version

    def open(self, version: str) -> Release:
        """Check and open one version, with the thresholds that an admin set for it, if any.

        Raises: ModelUnusable, EncoderMissing.
        """
        release = open_release(self.place_of(version))
        try:
            chosen = self.own_thresholds().get(release.sha256)
        except ModelUnusable as problem:  # it reads posts with those of training rather than none
            log.error("thresholds_unreadable", problem=str(problem))  # noqa: TRY400 - the message is the problem
            chosen = None
        if chosen is None:
            return release
        return msgspec.structs.replace(release, settings=msgspec.structs.replace(release.settings, thresholds=chosen))

    def set_thresholds(self, version: str, thresholds: Thresholds | None) -> None:
        """Use these thresholds for a version from now on; None goes back to those of training.

        Raises: ModelUnusable, also where what was set before cannot be read; EncoderMissing.
        """
        pin = open_release(self.place_of(version)).sha256
        own = self.own_thresholds()
        own.pop(pin, None)
        if thresholds is not None:
            own[pin] = thresholds
        write_whole(self.folder / THRESHOLDS, msgspec.json.format(msgspec.json.encode(own)))

    def own_thresholds(self) -> dict[str, Thresholds]:
        """Return what an admin set, by the SHA-256 of the model's manifest.

        Raises: ModelUnusable where that cannot be read.
        """
        file = self.folder / THRESHOLDS
        try:
            return msgspec.json.decode(file.read_bytes(), type=dict[str, Thresholds])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ModelUnusable(f"{file} cannot be understood: {error}. Mend it, or remove it.") from error

    def chosen(self) -> list[str]:
        """Return what is in use, then what to fall back on; the released model comes last."""
        return [*self._named_in(IN_USE), RELEASED_NAME]

    def was_in_use(self, version: str) -> bool:
        """Tell whether a version was put in use before, also where it was taken back since."""
        return version in {*self.chosen(), *self._named_in(WITHDRAWN)}

    def _named_in(self, name: str) -> list[str]:
        file = self.folder / name
        try:
            return file.read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as problem:
            log.error("choice_unreadable", file=str(file), problem=str(problem))  # noqa: TRY400 - the message is the problem
            return []

    def fingerprint(self, wanted: str = "") -> list[str]:
        """Return what differs as soon as ``open_in_use`` may open something else; to be asked often."""
        names = ([wanted] if wanted else []) + self.chosen()
        files = [self.folder / THRESHOLDS]
        files += [(RELEASED if name == RELEASED_NAME else self.folder / name) / MANIFEST for name in names]
        return [*names, *(sha256_of(file) if file.is_file() else "" for file in files)]

    def open_in_use(self, wanted: str = "") -> Release:
        """Open the model in use, or the one wanted; a damaged one is reported in the log and the last good one serves.

        Raises: ModelUnusable where not even the released model can be opened, EncoderMissing.
        """
        return self.load_in_use(lambda release: release, wanted)

    def load_in_use(self, load: Callable[[Release], Loaded], wanted: str = "") -> Loaded:
        """Open the model in use, or the one wanted, and load it; one that cannot be loaded is as good as damaged.

        Raises: as ``open_in_use``.
        """
        choices = ([wanted] if wanted else []) + self.chosen()
        for version in choices[:-1]:
            try:
                return load(self.open(version))
            except (ModelUnusable, EncoderMissing) as problem:
                log.error("model_unusable", model=version, problem=str(problem))  # noqa: TRY400 - the message is the problem
        return load(self.open(choices[-1]))

    def put_in_use(self, version: str) -> None:
        """Use a version from now on; the one before it stays to fall back on.

        Going back to one of these takes back whatever was put in use after it.

        Raises: ModelUnusable.
        """
        self.open(version)
        before = self.chosen()
        earlier = before[before.index(version) :] if version in before else before
        names = [version, *(name for name in earlier if name not in {version, RELEASED_NAME})]
        gone = {*self._named_in(WITHDRAWN), *before[: -len(earlier)], *names[KEPT:]} - {version, RELEASED_NAME}
        write_whole(self.folder / WITHDRAWN, _lines(sorted(gone)))
        write_whole(self.folder / IN_USE, _lines(names[:KEPT]))


def _lines(names: list[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()
