"""Speaking up, and what moderators do with it."""
