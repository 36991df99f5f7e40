"""How commands come by their settings."""

from __future__ import annotations

import os

from server.logs import configure_logs
from server.services.embedded import prepare_folders
from server.services.secret_key import ensure_secret_key
from server.settings import Settings, data_dir_from, load_settings


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


def make_secret_key() -> None:
    """Make the data directory and in it the secret key, unless KITH_SECRET_KEY is given or the file is there.

    Raises: ServiceFailed.
    """
    if not os.environ.get("KITH_SECRET_KEY", "").strip():
        places = Settings(data_dir=data_dir_from(os.environ), secret_key="").places
        prepare_folders(places)
        ensure_secret_key(places)
