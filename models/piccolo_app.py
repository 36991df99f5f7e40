"""Piccolo's description of this app: its tables, and where its migrations lie."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="kith",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=["models.members", "models.forum", "models.triage", "models.help"], exclude_imported=True
    ),
    migration_dependencies=[],
    commands=[],
)
