"""Signs of support, and following."""
