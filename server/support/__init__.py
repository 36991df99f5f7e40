"""Signs of support, and threads that a member follows."""
