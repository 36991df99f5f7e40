"""What members are told, and how they read it."""
