"""What is left when a part dies in the middle of work."""
