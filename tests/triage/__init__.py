"""What triage thinks."""
