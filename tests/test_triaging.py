"""What the worker says of its own work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from server.clock import now
from server.triaging import Triage
from tests.support.cases import an_assessment
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from triage.queue.tasks import count_waiting, take_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar import Litestar

    from triage.assessment import Assessment
    from triage.policy import TriagePolicy
    from triage.posts import Post


class CalmClassifier:
    """Finds nothing anywhere."""

    def assess(self, posts: Sequence[Post], *, policy: TriagePolicy) -> list[Assessment]:
        return [an_assessment() for _ in posts]


async def test_lag_is_the_age_of_the_oldest_post_of_the_batch(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for age in (timedelta(), timedelta(hours=3), timedelta(minutes=5)):
        await a_thread(board, author, at=now() - age)
    triage = Triage(app.state.settings, app.state.redis)

    with capture_logs() as lines:
        await triage._work_on(await take_tasks(5, at=now()), CalmClassifier())  # type: ignore[arg-type]

    assert (await count_waiting())[0] == 0
    [said] = [line for line in lines if line["event"] == "posts_triaged"]
    assert said["posts"] == 3
    assert 3 * 3600 <= said["lag_seconds"] < 3 * 3600 + 60
