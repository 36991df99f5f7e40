"""``kith admin create``: the first admin, who then invites everybody else."""

from __future__ import annotations

import click


@click.group()
def admin() -> None:
    """Manage the people who run the community."""
