"""What members see and do, in a real Chromium."""
