"""HTTP plumbing that every feature shares."""
