"""The library of resources: written by one person, vetted by another, shown until their review is due."""
