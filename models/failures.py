"""What can go wrong with the tables, in words; apart from the database, which a command opens only when it needs it."""


class MigrationFailed(RuntimeError):
    """The tables could not be brought up to date and are as they were; the message says why and what to do."""
