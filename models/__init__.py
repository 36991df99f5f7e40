"""What Kith remembers: Piccolo tables and migrations, with no logic beyond constraints."""
