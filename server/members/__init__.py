"""Members: joining, signing in, accounts, whom they avoid, and leaving. No identity is asked for or kept."""
