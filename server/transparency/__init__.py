"""What everybody may know of how this place is looked after: numbers by month, nobody's words."""
