"""The ``kith`` command: one small module for each of its commands."""

from __future__ import annotations

import click

from server.cli.admin import admin
from server.cli.audit import audit
from server.cli.backup import backup
from server.cli.demo import demo
from server.cli.doctor import doctor
from server.cli.failures import FriendlyGroup
from server.cli.migrate import migrate
from server.cli.model import model
from server.cli.resources import resources
from server.cli.restore import restore
from server.cli.seed import seed
from server.cli.up import up
from server.cli.web import web
from server.cli.worker import worker


@click.group(cls=FriendlyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kith", prog_name="kith")
def main() -> None:
    """Kith: an anonymous peer-support forum. `kith up` starts all of it."""


for command in (up, web, worker, migrate, seed, demo, admin, model, resources, audit, doctor, backup, restore):
    main.add_command(command)
