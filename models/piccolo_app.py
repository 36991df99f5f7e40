"""Piccolo's description of this app: its tables, and where its migrations lie."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

TABLES = [
    f"models.{name}"
    for name in ("members", "forum", "triage", "moderation", "care", "resources", "myths", "templates", "help")
]

APP_CONFIG = AppConfig(
    app_name="kith",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(modules=TABLES, exclude_imported=True),
    migration_dependencies=[],
    commands=[],
)
