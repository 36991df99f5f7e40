"""What of a post is in its author's own words, and what stands where a moderator took some of them out."""

from __future__ import annotations

BLACKED_OUT = "▇▇▇"
"""Stands in a post where a moderator took a passage out."""

IS_OPENING = "post.id = (SELECT branch FROM post AS first WHERE first.thread = post.thread ORDER BY branch LIMIT 1)"
OWN_TITLE = f"CASE WHEN {IS_OPENING} THEN thread.title ELSE '' END"
"""SQL: the title that belongs to a post: its thread's, where the post opens it."""
