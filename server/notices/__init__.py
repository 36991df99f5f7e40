"""What happened to a member, told inside Kith only."""
