"""Two ways to speak up, kept apart: being worried about a person, and a broken rule."""
