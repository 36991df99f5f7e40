"""One search from its words to what the page shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import asyncpg

from models.database import fetch_one
from server.forum.boards import find_board
from server.forum.notes import read_note_choices
from server.search.limits import PATIENCE_MS, SearchTookTooLong, patience
from server.search.posts import FoundPost, Reader, find_posts
from server.search.snippets import make_snippets
from server.search.spelling import correct
from server.search.titles import FoundThread, find_similar_threads, find_threads

if TYPE_CHECKING:
    from markupsafe import Markup

    from server.search.question import Question

FEW = 5
"""With fewer posts than this, a possible slip of the pen is pointed out."""


@dataclass(frozen=True)
class ShownPost:
    """A post in the answer: its snippet, or what covers it."""

    post: FoundPost
    cover: str
    snippet: Markup | None


@dataclass(frozen=True)
class Answer:
    """What was found for ``words``."""

    words: str
    posts: list[ShownPost]
    threads: list[FoundThread]
    """Those that have the words in their titles."""
    similar_threads: tuple[FoundThread, ...] = ()
    """Where nothing has the words: threads with titles that are spelt like them."""
    next_id: int = 0
    gave_up: bool = False
    says_nothing: bool = False
    """The words are too common or no words at all, such as "the" or "-"."""
    suggestion: str = ""
    """Perhaps they meant this."""

    @property
    def is_empty(self) -> bool:
        """Tell whether neither a post nor a title has the words."""
        return not self.posts and not self.next_id and not self.threads


async def search(question: Question, viewer_id: int | None) -> Answer:
    """Answer a question; where nothing has its words, with its spelling corrected.

    Raises: NotFound for an unknown board, SearchTookTooLong.
    """
    board_id = (await find_board(question.board)).id if question.board else None
    reader = Reader(viewer_id, await read_note_choices(viewer_id), board_id)
    try:
        answer = await _look_for(question.words, question, reader)
        if answer.says_nothing or question.as_typed or not question.is_first_page or len(answer.posts) >= FEW:
            return answer
        corrected = await correct(question.words)
        if not answer.is_empty:
            return replace(answer, suggestion=corrected)
        better = await _look_for(corrected, question, reader) if corrected else answer
        if not better.is_empty:
            return better
        return replace(answer, similar_threads=tuple(await find_similar_threads(question.words, reader)))
    except asyncpg.QueryCanceledError as error:
        raise SearchTookTooLong from error


async def _look_for(words: str, question: Question, reader: Reader) -> Answer:
    meaning = await fetch_one("SELECT numnode(websearch_to_tsquery('english', $1)) AS parts", words)
    if meaning["parts"] == 0:
        return Answer(words, [], [], says_nothing=True)
    found = await find_posts(words, reader, after=question.after)
    async with patience(PATIENCE_MS):
        threads = await find_threads(words, reader) if question.is_first_page else []
        posts = await _show(found.posts, words, reader)
    return Answer(words, posts, threads, next_id=found.next_id, gave_up=found.gave_up)


async def _show(posts: list[FoundPost], words: str, reader: Reader) -> list[ShownPost]:
    covers = {post.id: post.cover(reader) for post in posts}
    readable = [post for post in posts if not covers[post.id]]
    snippets = await make_snippets([post.body for post in readable], words)
    snippet_of = {post.id: snippet for post, snippet in zip(readable, snippets, strict=True)}
    return [ShownPost(post, covers[post.id], snippet_of.get(post.id)) for post in posts]
