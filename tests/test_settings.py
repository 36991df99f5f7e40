"""Settings are read in one place, and every mistake is named at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.settings import CHECKOUT, Settings, SettingsError, load_settings, split_listen, unknown_settings

if TYPE_CHECKING:
    from pathlib import Path

KEY = "k" * 40


def load(tmp_path: Path, **given: str) -> Settings:
    return load_settings({"KITH_DATA_DIR": str(tmp_path), "KITH_SECRET_KEY": KEY, **given})


def problems_with(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **given)
    return caught.value.problems


def test_without_any_setting_but_a_key_kith_is_local_and_brings_its_own_services(tmp_path):
    settings = load(tmp_path)
    assert settings.database_address == f"postgresql://postgres@/kith?host={tmp_path}/run/postgres"
    assert settings.redis_address == f"unix://{tmp_path}/run/redis.sock?db=0"
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.trust_proxy is False
    assert settings.default_region == "GB"


def test_the_data_directory_is_var_in_the_checkout_unless_given():
    assert load_settings({"KITH_SECRET_KEY": KEY}).data_dir == CHECKOUT / "var"


def test_given_addresses_are_used_as_they_are(tmp_path):
    settings = load(tmp_path, KITH_DATABASE_URL="postgresql://k:p@db/kith", KITH_REDIS_URL="rediss://:p@cache:6380/1")
    assert settings.database_address == "postgresql://k:p@db/kith"
    assert settings.redis_address == "rediss://:p@cache:6380/1"


def test_secrets_never_show_in_the_settings_words(tmp_path):
    settings = load(tmp_path, KITH_DATABASE_URL="postgresql://k:hush@db/kith", KITH_REDIS_URL="redis://:hush@cache")
    assert KEY not in repr(settings)
    assert "hush" not in repr(settings)


def test_what_leads_to_on_call_never_shows_either(tmp_path):
    settings = load(
        tmp_path,
        KITH_ALERT_WEBHOOK="https://hooks.example.org/hush",
        KITH_ALERT_SMTP="smtps://kith:hush%40@mail.example.org:465",
        KITH_ALERT_FROM="kith@example.org",
        KITH_ALERT_TO="hush@example.org, on-call@example.org",
    )
    assert settings.alert_to == ("hush@example.org", "on-call@example.org")
    assert settings.alert_webhook == "https://hooks.example.org/hush"
    assert "hush" not in repr(settings)


def test_a_wrong_mail_server_is_not_repeated_for_it_may_hold_a_password(tmp_path):
    mail = {"KITH_ALERT_FROM": "kith@example.org", "KITH_ALERT_TO": "on-call@example.org"}
    for wrong in (
        "smtp://kith:hu/sh@mail:25",
        "smtp://kith:hush@mail",
        "http://hush@mail:25",
        "smtp://hush@mail:99999",
    ):
        [problem] = problems_with(tmp_path, KITH_ALERT_SMTP=wrong, **mail)
        assert problem.startswith("KITH_ALERT_SMTP: should be smtp://")
        assert "hu" not in problem


def test_mail_needs_a_server_a_sender_and_recipients(tmp_path):
    assert problems_with(tmp_path, KITH_ALERT_SMTP="smtp://mail:25") == [
        "KITH_ALERT_FROM: not set; mail needs it beside KITH_ALERT_SMTP",
        "KITH_ALERT_TO: not set; mail needs it beside KITH_ALERT_SMTP",
    ]


@pytest.mark.parametrize("wrong", ["a@b\r\nBcc: c@d", "a@b c", "zoë@example.org", "a@b,,c@d"])
def test_a_mail_address_holds_nothing_but_an_address(tmp_path, wrong):
    mail = {"KITH_ALERT_SMTP": "smtp://mail:25", "KITH_ALERT_FROM": "kith@example.org"}
    [problem] = problems_with(tmp_path, KITH_ALERT_TO=wrong, **mail)
    assert problem.startswith("KITH_ALERT_TO: ")


def test_every_wrong_value_is_named_at_once(tmp_path):
    wrong = {
        "KITH_DATABASE_URL": "mysql://db",
        "KITH_REDIS_URL": "http://cache",
        "KITH_BASE_URL": "kith.example.org",
        "KITH_LOG_LEVEL": "loud",
        "KITH_LISTEN": "8000",
        "KITH_TRUST_PROXY": "perhaps",
        "KITH_LEAVE_URL": "javascript:alert(1)",
        "KITH_DEFAULT_REGION": "Britain",
        "KITH_SECRET_KEY": "short",
        "KITH_ALERT_WEBHOOK": "hooks.example.org",
        "KITH_ALERT_SMTP": "smtp://mail.example.org",
        "KITH_ALERT_FROM": "Kith",
        "KITH_ALERT_TO": "a@example.org, b",
    }
    problems = problems_with(tmp_path, **wrong)
    assert sorted(problem.partition(":")[0] for problem in problems) == sorted(wrong)


def test_a_wrong_value_says_what_would_be_right(tmp_path):
    assert problems_with(tmp_path, KITH_LISTEN="127.0.0.1:99999") == [
        "KITH_LISTEN: '127.0.0.1:99999' should be an IP address and a port from 1 to 65535, for example 127.0.0.1:8000"
    ]


@pytest.mark.parametrize("host", ["localhost", "kith.example.org", "127.0.0", "*"])
def test_a_host_to_listen_on_that_is_no_ip_address_is_refused(tmp_path, host):
    [problem] = problems_with(tmp_path, KITH_LISTEN=f"{host}:8000")
    assert problem.startswith(f"KITH_LISTEN: '{host}:8000' should be an IP address and a port")


def test_a_missing_secret_key_says_how_to_get_one(tmp_path):
    with pytest.raises(SettingsError, match=r"KITH_SECRET_KEY: not set, and .* `kith up` makes that file"):
        load_settings({"KITH_DATA_DIR": str(tmp_path)})


def test_the_secret_key_is_read_from_its_file(tmp_path):
    (tmp_path / "secret_key").write_text(KEY + "\n")
    assert load_settings({"KITH_DATA_DIR": str(tmp_path)}).secret_key == KEY


def test_an_empty_value_counts_as_absent(tmp_path):
    assert load(tmp_path, KITH_DATABASE_URL=" ", KITH_LOG_LEVEL="").log_level == "info"


def test_the_base_url_follows_the_port_unless_given(tmp_path):
    assert load(tmp_path, KITH_LISTEN="127.0.0.1:9000").base_url == "http://127.0.0.1:9000"
    assert load(tmp_path, KITH_BASE_URL="https://kith.example.org/").base_url == "https://kith.example.org"


def test_a_base_url_below_a_path_is_refused(tmp_path):
    assert "no path" in problems_with(tmp_path, KITH_BASE_URL="https://example.org/kith")[0]


@pytest.mark.parametrize(("given", "parts"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8000", ("::1", 8000))])
def test_an_address_to_listen_on_has_a_host_and_a_port(given, parts):
    assert split_listen(given) == parts


def test_a_misspelt_setting_is_noticed_with_the_likely_name():
    assert unknown_settings({"KITH_DATABSE_URL": "x", "PATH": "/bin"}) == [
        "KITH_DATABSE_URL is not a setting of Kith. Did you mean KITH_DATABASE_URL?"
    ]


def test_a_long_data_directory_gets_a_short_private_folder_for_its_sockets(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    places = Settings(data_dir=deep, secret_key=KEY).places
    assert len(bytes(places.postgres_sockets / ".s.PGSQL.5432")) <= 107
    assert not places.runtime.is_relative_to(deep)
    assert places.postgres_data == deep / "postgres"
    assert Settings(data_dir=deep / "f", secret_key=KEY).places.runtime != places.runtime


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("postgresql://kith:s3cret@db.example.org:5432/kith", "postgresql://kith@db.example.org:5432/kith"),
        ("postgresql://db.example.org/kith?user=kith&password=s3cret", "postgresql://db.example.org/kith?user=kith"),
        ("postgresql:///?host=/run/pg&dbname=kith&password=s3cret", "postgresql:///?host=/run/pg&dbname=kith"),
        (
            "postgresql://kith@/kith?host=/run/postgresql&sslpassword=s3cret",
            "postgresql://kith@/kith?host=/run/postgresql",
        ),
    ],
)
def test_people_are_told_where_the_database_is_without_its_password(tmp_path, given, told):
    assert load(tmp_path, KITH_DATABASE_URL=given).whereabouts == told
