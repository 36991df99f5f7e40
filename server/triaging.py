"""The worker's main job: waiting posts in, assessments, cases and their effects out.

Tasks live in PostgreSQL; a job in Redis is only a wake-up, and a sweep finds what nobody woke. While no classifier can
be loaded the tasks wait, visible to staff; the rules have already queued what is obviously urgent.
"""

from __future__ import annotations

import asyncio
import contextlib
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from redis.exceptions import RedisError

from models.database import transaction
from server.clock import now
from server.live import QUEUE_CHANNEL, member_channel, tell
from server.myths.looked_for import fingerprint_of_library, read_library
from server.notices.service import notify
from server.support.offering import offer_support
from triage.assessment import Route
from triage.loading import load_bare, load_classifier
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable
from triage.model.shelf import ModelShelf
from triage.queue.tasks import (
    Effect,
    Task,
    count_waiting,
    finish_task,
    give_up,
    keep_explanation,
    next_unexplained,
    take_tasks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis

    from server.settings import Settings
    from triage.assessment import Assessment
    from triage.classifier import Classifier

AT_ONCE = 16
"""Posts that are assessed together."""
TOO_SLOW_SECONDS = 60.0
STATE_KEY = "kith:triage:state"
STATE_SECONDS = 60

log = structlog.stdlib.get_logger(__name__)


class TriageState(msgspec.Struct, frozen=True):
    """What a worker says of itself, for the admin's page; it fades when no worker does."""

    model: str = ""
    problem: str = ""


class TriageStuck(RuntimeError):
    """The classifier does not come back: the process has to be started anew, and its tasks are tried again."""


class Triage:
    """Drains the outbox with the classifier in use."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        """Load nothing yet."""
        self._shelf = ModelShelf(settings.data_dir)
        self._wanted = settings.model or ""
        self._redis = redis
        self._busy = asyncio.Lock()
        self._classifier: Classifier | None = None
        self._loaded: list[str] = []
        self._myths_seen = ""
        self.state = TriageState()

    async def drain(self) -> int:
        """Read what waits until nothing does, and return how many posts that were."""
        if self._busy.locked():
            return 0  # whoever is at it goes on until nothing waits
        async with self._busy:
            await self._load_what_is_in_use()
            await self._say_state()
            if self._classifier is None:
                return 0
            await self._look_for_known_myths(self._classifier)
            read = 0
            while tasks := await take_tasks(AT_ONCE, at=now()):
                read += len(tasks)
                await self._work_on(tasks, self._classifier)
            await self._explain(self._classifier)
            return read

    async def _explain(self, classifier: Classifier) -> None:
        """Work out which sentences weighed most, for open cases, as long as no post waits to be read."""
        while (await count_waiting())[0] == 0 and (unexplained := await next_unexplained()):
            try:
                weights = await asyncio.to_thread(
                    classifier.weigh,
                    unexplained.post,
                    unexplained.severity,
                    is_misinformation=unexplained.is_misinformation,
                )
            except ModelFailed as failure:
                log.warning("explanation_failed", kind=type(failure).__name__)
                weights = []
            sentences = [(weight.span.start, weight.span.end, round(weight.fall, 4)) for weight in weights]
            await keep_explanation(unexplained.assessment_id, sentences)

    async def _load_what_is_in_use(self) -> None:
        choices = [self._wanted, *self._shelf.chosen()]
        if self._classifier is not None and choices == self._loaded:
            return
        try:
            self._classifier = await asyncio.to_thread(self._load)
        except (ModelUnusable, EncoderMissing, ModelFailed) as problem:
            if self._classifier is None:
                self.state = TriageState(problem=str(problem))
            log.error("classifier_missing", problem=str(problem))  # noqa: TRY400 - the message is the problem
            return
        self._loaded, self._myths_seen = choices, ""
        self.state = TriageState(model=self._classifier.version)
        log.info("classifier_loaded", model=self._classifier.version)

    async def _look_for_known_myths(self, classifier: Classifier) -> None:
        """Take the library as it stands now; what the model cannot embed is tried again, and the one before serves."""
        today = now().date()
        found = await fingerprint_of_library(today=today)
        if found == self._myths_seen:
            return
        myths = await read_library(today=today)
        try:
            self._classifier = await asyncio.to_thread(classifier.looking_for, myths)
        except ModelFailed as failure:
            log.warning("myths_not_taken", kind=type(failure).__name__)
            return
        self._myths_seen = found
        log.info("myths_taken", myths=len(myths))

    def _load(self) -> Classifier:
        release = self._shelf.open_in_use(self._wanted)
        return load_classifier(load_bare(release), release)

    async def _work_on(self, tasks: Sequence[Task], classifier: Classifier) -> None:
        """Assess a batch; what failed before, or brought a batch down, is read alone so that others go on."""
        started = asyncio.get_running_loop().time()
        first_time = [task for task in tasks if task.attempts == 1]
        alone = [[task] for task in tasks if task.attempts > 1]
        by_policy = groupby(sorted(first_time, key=lambda task: hash(task.policy)), key=lambda task: task.policy)
        for batch in [*(list(group) for _, group in by_policy), *alone]:
            try:
                found = await self._assess(batch, classifier)
            except ModelFailed as failure:
                log.warning("assessment_failed", posts=len(batch), kind=type(failure).__name__)
                for task in batch:
                    await self._tell_people(await give_up(task, type(failure).__name__, at=now()))
                continue
            for task, assessment in zip(batch, found, strict=True):
                await self._finish(task, assessment)
        oldest = min(task.waits_since for task in tasks)
        log.info(
            "posts_triaged",
            posts=len(tasks),
            seconds=round(asyncio.get_running_loop().time() - started, 3),
            lag_seconds=round((now() - oldest).total_seconds(), 1),
        )

    async def _assess(self, batch: Sequence[Task], classifier: Classifier) -> list[Assessment]:
        assessing = asyncio.to_thread(classifier.assess, [task.post for task in batch], policy=batch[0].policy)
        try:
            return await asyncio.wait_for(assessing, TOO_SLOW_SECONDS)
        except TimeoutError as late:
            raise TriageStuck(f"{len(batch)} posts took longer than {TOO_SLOW_SECONDS:.0f} seconds") from late

    async def _finish(self, task: Task, assessment: Assessment) -> None:
        async with transaction():
            effect = await finish_task(task, assessment, at=now())
            if effect is not None and effect.author_id is not None:
                if effect.changed_state:
                    kind = "post-held" if effect.route is Route.HOLD else "post-covered"
                    await notify(effect.author_id, kind, post_id=task.post_id, at=now())
                if effect.severity.is_urgent and effect.route is not Route.HOLD:
                    await offer_support(effect.author_id, task.post_id, at=now())
        await self._tell_people(effect)

    async def _tell_people(self, effect: Effect | None) -> None:
        if effect is None or effect.case_id is None:
            return
        channels = [QUEUE_CHANNEL]
        if effect.author_id is not None and effect.severity.is_urgent:
            channels.append(member_channel(effect.author_id))
        await tell(self._redis, *channels)

    async def _say_state(self) -> None:
        with contextlib.suppress(RedisError, OSError):
            await self._redis.set(STATE_KEY, msgspec.json.encode(self.state), ex=STATE_SECONDS)


async def read_state(redis: Redis) -> TriageState | None:
    """Return what the worker last said of itself; ``None`` where no worker did lately."""
    try:
        said: Any = await redis.get(STATE_KEY)
        return msgspec.json.decode(said, type=TriageState) if said else None
    except (RedisError, OSError, msgspec.DecodeError):
        return None
