"""Every setting, read from the environment in this one place and checked before anything starts."""

from __future__ import annotations

import difflib
import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from server.services.places import Places, places_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that holds ``server/``, ``templates/`` and, unless KITH_DATA_DIR says otherwise, ``var/``."""

SECRET_KEY_LENGTH = 32
MAIL_SETTINGS = frozenset({"KITH_ALERT_SMTP", "KITH_ALERT_FROM", "KITH_ALERT_TO"})
MAIL_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
TELL_DATABASES_APART = frozenset({"host", "port", "user", "dbname", "database"})
"""What in the query of a database's address holds no secret."""
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
SETTING_NAMES = frozenset(
    {
        "KITH_ALERT_FROM",
        "KITH_ALERT_SMTP",
        "KITH_ALERT_TO",
        "KITH_ALERT_WEBHOOK",
        "KITH_BASE_URL",
        "KITH_DATABASE_URL",
        "KITH_DATA_DIR",
        "KITH_DEFAULT_REGION",
        "KITH_LEAVE_URL",
        "KITH_LISTEN",
        "KITH_LOG_LEVEL",
        "KITH_MODEL",
        "KITH_PUSH",
        "KITH_REDIS_URL",
        "KITH_SECRET_KEY",
        "KITH_TRUST_PROXY",
    }
)

Value = TypeVar("Value")


class SettingsError(ValueError):
    """One or more settings are missing or wrong; ``problems`` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an admin can choose. Secrets are left out of its ``repr``."""

    data_dir: Path
    secret_key: str = field(repr=False)
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    base_url: str = "http://127.0.0.1:8000"
    log_level: str = "info"
    model: str | None = None
    listen: str = "127.0.0.1:8000"
    trust_proxy: bool = False
    leave_url: str = "https://www.wikipedia.org/"
    default_region: str = "GB"
    alert_webhook: str | None = field(default=None, repr=False)
    alert_smtp: str | None = field(default=None, repr=False)
    alert_from: str = field(default="", repr=False)
    alert_to: tuple[str, ...] = field(default=(), repr=False)
    push: bool = True

    @property
    def places(self) -> Places:
        """Where the embedded services keep their files."""
        return places_in(self.data_dir)

    @property
    def database_address(self) -> str:
        """The ``postgresql://`` address to connect to: the given one, else the embedded server's."""
        if self.database_url is not None:
            return self.database_url
        return f"postgresql://postgres@/kith?host={quote(str(self.places.postgres_sockets), safe='/')}"

    @property
    def whereabouts(self) -> str:
        """Where the database is, for people: the data directory, or the given address without its secrets."""
        if self.database_url is None:
            return str(self.data_dir)
        parts = urlsplit(self.database_url)
        server = parts.netloc.rpartition("@")[2]
        query = urlencode(
            [(name, value) for name, value in parse_qsl(parts.query) if name in TELL_DATABASES_APART], safe="/"
        )
        place = f"{parts.username}@{server}" if parts.username else server
        return f"{parts.scheme}://{place}{parts.path}{f'?{query}' if query else ''}"

    @property
    def redis_address(self) -> str:
        """The address to connect to Redis: the given one, else the embedded server's socket."""
        if self.redis_url is not None:
            return self.redis_url
        return f"unix://{quote(str(self.places.redis_socket), safe='/')}?db=0"

    @property
    def listen_host(self) -> str:
        """The address that the web process binds."""
        return split_listen(self.listen)[0]

    @property
    def listen_port(self) -> int:
        """The port that the web process binds."""
        return split_listen(self.listen)[1]


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings; an empty value counts as absent.

    Raises: SettingsError, which names every missing or wrong value at once.
    """
    given = {name: value.strip() for name, value in environ.items() if name in SETTING_NAMES and value.strip()}
    problems: list[str] = []

    def read(name: str, parse: Callable[[str], Value], default: Value) -> Value:
        if name not in given:
            return default
        try:
            return parse(given[name])
        except ValueError as error:
            problems.append(f"{name}: {error}")
            return default

    data_dir = data_dir_from(environ)
    listen = read("KITH_LISTEN", _listen, "127.0.0.1:8000")
    settings = Settings(
        data_dir=data_dir,
        secret_key=_secret_key(given.get("KITH_SECRET_KEY"), data_dir, problems),
        database_url=read("KITH_DATABASE_URL", _database_url, None),
        redis_url=read("KITH_REDIS_URL", _redis_url, None),
        base_url=read("KITH_BASE_URL", _web_origin, f"http://{listen}"),
        log_level=read("KITH_LOG_LEVEL", _log_level, "info"),
        model=given.get("KITH_MODEL"),
        listen=listen,
        trust_proxy=read("KITH_TRUST_PROXY", _yes_or_no, default=False),
        leave_url=read("KITH_LEAVE_URL", _web_address, "https://www.wikipedia.org/"),
        default_region=read("KITH_DEFAULT_REGION", _region, "GB"),
        alert_webhook=read("KITH_ALERT_WEBHOOK", _webhook, None),
        alert_smtp=read("KITH_ALERT_SMTP", _mail_server, None),
        alert_from=read("KITH_ALERT_FROM", _mail_address, ""),
        alert_to=read("KITH_ALERT_TO", _mail_addresses, ()),
        push=read("KITH_PUSH", _yes_or_no, default=True),
    )
    if present := sorted(MAIL_SETTINGS & given.keys()):
        missing = sorted(MAIL_SETTINGS - given.keys())
        problems += [f"{name}: not set; mail needs it beside {' and '.join(present)}" for name in missing]
    if problems:
        raise SettingsError(problems)
    return settings


def data_dir_from(environ: Mapping[str, str]) -> Path:
    """Return the absolute data directory: KITH_DATA_DIR, else ``var`` in the checkout."""
    given = environ.get("KITH_DATA_DIR", "").strip()
    return Path(given).expanduser().absolute() if given else CHECKOUT / "var"


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each KITH_ variable that Kith does not know, with the likeliest right spelling."""
    sentences: list[str] = []
    for name in sorted(environ):
        if name.startswith("KITH_") and name not in SETTING_NAMES and not name.startswith("KITH_BROWSER"):
            close = difflib.get_close_matches(name, SETTING_NAMES, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            sentences.append(f"{name} is not a setting of Kith.{hint}")
    return sentences


def split_listen(value: str) -> tuple[str, int]:
    """Split ``host:port``, where the host is an IP address (version 6 in brackets).

    Raises: ValueError.
    """
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not _is_ip_address(host) or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError(f"'{value}' should be an IP address and a port from 1 to 65535, for example 127.0.0.1:8000")
    return host, int(port)


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _secret_key(given: str | None, data_dir: Path, problems: list[str]) -> str:
    key_file = data_dir / "secret_key"
    try:
        key = given if given is not None else key_file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        problems.append(f"KITH_SECRET_KEY: not set, and {key_file} does not exist; `kith up` makes that file")
        return ""
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"KITH_SECRET_KEY: not set, and {key_file} cannot be read ({error})")
        return ""
    if len(key) < SECRET_KEY_LENGTH:
        problems.append(f"KITH_SECRET_KEY: needs at least {SECRET_KEY_LENGTH} characters and has {len(key)}")
    return key


def _listen(value: str) -> str:
    split_listen(value)
    return value


def _database_url(value: str) -> str | None:
    if urlsplit(value).scheme not in {"postgresql", "postgres"}:
        raise ValueError("should begin with postgresql://")
    return value


def _redis_url(value: str) -> str | None:
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("should begin with redis://, rediss:// or unix://")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"'{value}' should be a web address such as https://kith.example.org")
    return value


def _webhook(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("should be a web address that takes a JSON POST, beginning with https:// or http://")
    return value


def _mail_server(value: str) -> str | None:
    # The value is not repeated: a password that is not percent-encoded ends up where the port should be.
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        is_right = False
    if not is_right:
        raise ValueError("should be smtp://[user:password@]host:port or smtps://…, user and password percent-encoded")
    return value


def _mail_address(value: str) -> str:
    if not (value.isascii() and value.isprintable() and MAIL_ADDRESS.fullmatch(value)):
        raise ValueError(f"'{value}' should be a mail address such as kith@example.org")
    return value


def _mail_addresses(value: str) -> tuple[str, ...]:
    return tuple(_mail_address(address.strip()) for address in value.removesuffix(",").split(","))


def _web_origin(value: str) -> str:
    parts = urlsplit(_web_address(value))
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"'{value}' should have no path; Kith needs a host name of its own")
    return f"{parts.scheme}://{parts.netloc}"


def _log_level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise ValueError(f"'{value}' should be one of {', '.join(LOG_LEVELS)}")
    return value.lower()


def _yes_or_no(value: str) -> bool:
    if value.lower() not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ValueError(f"'{value}' should be 1 or 0")
    return value.lower() in {"1", "true", "yes", "on"}


def _region(value: str) -> str:
    if len(value) != 2 or not (value.isascii() and value.isalpha()):  # ISO 3166-1 alpha-2
        raise ValueError(f"'{value}' should be a country's two letters, for example GB")
    return value.upper()
