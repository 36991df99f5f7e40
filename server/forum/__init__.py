"""Boards, threads, posts and drafts: the conversation itself."""
