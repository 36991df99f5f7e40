"""Finding posts and threads."""
