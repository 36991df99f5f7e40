"""Words that moderators may start an answer from: written by one, vetted by another, filled in for each case."""
