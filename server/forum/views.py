"""From rows to what a page shows of each post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.forum.notes import COVERED_WITHOUT_NOTE
from server.forum.reading import PostRow, ThreadHead, cover_of
from server.myths.under_posts import corrections_under
from server.resources.service import attached_to
from server.support.service import PostReactions, reactions_of

if TYPE_CHECKING:
    from server.forum.notes import NoteChoice
    from server.myths.under_posts import CorrectionView
    from server.resources.service import AttachedResource
    from server.web.viewer import Viewer


@dataclass(frozen=True)
class PostView:
    """One post for one viewer."""

    row: PostRow
    cover: NoteChoice
    is_mine: bool
    is_opening: bool
    is_new: bool
    starts_new: bool
    """The first post that the viewer has not read yet."""
    reactions: PostReactions
    can_react: bool
    can_answer: bool
    resources: list[AttachedResource]
    """What moderators put under it."""
    corrections: list[CorrectionView]
    """Likewise: what is true where it repeats a myth."""

    @property
    def cover_label(self) -> str:
        """What the cover says before the post is opened."""
        return self.row.note.label or COVERED_WITHOUT_NOTE


async def view_posts(
    head: ThreadHead, rows: list[PostRow], viewer: Viewer | None, choices: dict[str, NoteChoice]
) -> list[PostView]:
    """Prepare posts for a page, in their order."""
    viewer_id = viewer.id if viewer else None
    reactions = await reactions_of([row.id for row in rows], viewer_id)
    attached = await attached_to([row.id for row in rows], viewer_id)
    corrections = await corrections_under([row.id for row in rows])
    unread = [row.id for row in rows if 0 < head.last_read < row.id and row.author_id != viewer_id]
    first_unread = min(unread, default=0)
    views: list[PostView] = []
    for row in rows:
        is_mine = viewer is not None and row.author_id == viewer.id
        readable = row.state in ("published", "covered")
        views.append(
            PostView(
                row=row,
                cover=cover_of(row, viewer, choices),
                is_mine=is_mine,
                is_opening=row.id == head.opening_id,
                is_new=row.id in unread,
                starts_new=row.id == first_unread,
                reactions=reactions.get(row.id, PostReactions((), frozenset())),
                can_react=viewer is not None and readable and not is_mine,
                can_answer=viewer is not None and readable and not head.board_archived,
                resources=attached.get(row.id, []),
                corrections=corrections.get(row.id, []),
            )
        )
    return views
