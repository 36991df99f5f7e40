"""Full-text search over posts and titles, patient with slips of the pen."""
