"""The moderators' side: help next, the queue, the page of a case, decisions."""
