"""Help now: helplines and services by country and need, one tap from every page."""
