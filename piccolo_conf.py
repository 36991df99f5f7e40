"""Where Piccolo finds the database and the app."""

import os

from piccolo.conf.apps import AppRegistry

from models.database import Engine

# The server opens the database with its own settings; this address serves the ``piccolo`` command line alone.
DB = Engine(config={"dsn": os.environ.get("KITH_DATABASE_URL", "")})

APP_REGISTRY = AppRegistry(apps=["models.piccolo_app"])
