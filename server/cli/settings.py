"""How commands come by their settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.logs import configure_logs
from server.services.embedded import prepare_folders
from server.services.failures import ServiceFailed
from server.services.places import places_in
from server.services.secret_key import ensure_secret_key
from server.settings import Settings, data_dir_from, load_settings

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Which Kith a command worked on, so that nobody takes another for theirs."""

    where: str
    begun: bool
    """Whether there was none before."""

    def __str__(self) -> str:
        """Say so, as the last sentences of a command."""
        if not self.begun:
            return f"This is the Kith in {self.where}."
        elsewhere = "If yours is elsewhere, KITH_DATA_DIR or KITH_DATABASE_URL says where."
        return f"A new Kith was begun in {self.where}. {elsewhere}"


def read_settings() -> Settings:
    """Read the settings of a short command, which logs warnings only.

    Raises: SettingsError.
    """
    settings = load_settings(os.environ)
    configure_logs("warning")
    return settings


def read_settings_or_make_key() -> Settings:
    """Read the settings; where Kith brings its own database, make the secret key first if there is none.

    Raises: SettingsError, ServiceFailed.
    """
    configure_logs("warning")
    if not os.environ.get("KITH_DATABASE_URL", "").strip():
        make_secret_key()
    return read_settings()


def read_settings_of_a_kith() -> Settings:
    """Read the settings of a command that is of no use where no Kith was started yet.

    Raises: SettingsError, ServiceFailed.
    """
    require_kith()
    return read_settings()


def require_kith() -> None:
    """Return if a database is given, or there is one in the data directory.

    Raises: ServiceFailed, so that a command without its settings does not begin another, empty Kith elsewhere.
    """
    data_dir = data_dir_from(os.environ)
    if not has_database(data_dir):
        raise ServiceFailed(
            f"There is no Kith in {data_dir} yet. KITH_DATA_DIR or KITH_DATABASE_URL says where yours keeps its data."
        )


def has_database(data_dir: Path) -> bool:
    """Tell whether a database is given, or there is one in ``data_dir``."""
    if os.environ.get("KITH_DATABASE_URL", "").strip():
        return True
    try:
        places_in(data_dir).postgres_data.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError:
        pass  # another user's Kith; reading its settings says so
    return True


def make_secret_key() -> None:
    """Make the data directory and in it the secret key, unless KITH_SECRET_KEY is given or the file is there.

    Raises: ServiceFailed.
    """
    if not os.environ.get("KITH_SECRET_KEY", "").strip():
        places = Settings(data_dir=data_dir_from(os.environ), secret_key="").places
        prepare_folders(places)
        ensure_secret_key(places)
