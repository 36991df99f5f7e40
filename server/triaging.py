"""The worker's main job: waiting posts in, assessments, cases and their effects out.

Tasks live in PostgreSQL; a job in Redis is only a wake-up, and a sweep finds what nobody woke. While no classifier can
be loaded the tasks wait, visible to staff; the rules have already queued what is obviously urgent.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import asyncpg
import structlog

from models.database import DATABASE_AWAY, transaction
from server.clock import now
from server.live import QUEUE_CHANNEL, member_channel, tell
from server.myths.looked_for import fingerprint_of_library, read_library
from server.notices.sentences import KEPT_BACK
from server.notices.service import notify
from server.resources.meanings import embed_some_resources
from server.support.offering import may_be_about_author, offer_support
from server.triage_state import LOADING, TriageState, say_state
from triage.assessment import Route
from triage.classifier import DEFAULT_POLICY, assess_unread, endangers_readers
from triage.loading import load_bare, load_classifier
from triage.model.shelf import ModelShelf
from triage.posts import PLAIN_WORDS, Post
from triage.queue.explaining import keep_explanation, keep_meaning, take_unexplained
from triage.queue.tasks import (
    TAKEN_FOR,
    Effect,
    Task,
    finish_task,
    give_up,
    keep_in_hand,
    put_back,
    take_tasks,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis.asyncio import Redis

    from server.settings import Settings
    from triage.assessment import Assessment
    from triage.classifier import Classifier
    from triage.policy import TriagePolicy

AT_ONCE = 16
"""Posts that are assessed together."""
TOO_SLOW_SECONDS = 60.0
HOLD_ANEW_SECONDS = TAKEN_FOR.total_seconds() / 3
"""How often a worker says that it still has its tasks in hand, so that no other takes them."""
BROKEN_PAUSE = timedelta(seconds=15)
"""Until a post is tried again that met a classifier which reads nothing."""
NOT_THE_POSTS_FAULT = (*DATABASE_AWAY, asyncpg.TransactionRollbackError)
WORKER_LOST = "WorkerLost"
"""The failure of a post of which no worker came back to say what went wrong."""

Given = ParamSpec("Given")
Found = TypeVar("Found")

log = structlog.stdlib.get_logger(__name__)


class TriageStuck(RuntimeError):
    """The classifier does not come back: the process has to be started anew, and its tasks are tried again."""


class Triage:
    """Drains the outbox with the classifier in use."""

    def __init__(self, settings: Settings, redis: Redis, *, load: Callable[[], Classifier] | None = None) -> None:
        """Load nothing yet; ``load`` takes the place of loading what is in use."""
        self._shelf = ModelShelf(settings.data_dir)
        self._wanted = settings.model or ""
        self._redis = redis
        self._busy = asyncio.Lock()
        self._asked_meanwhile = self._resources_wait = False
        self._load = load or self._load_in_use
        self._classifier: Classifier | None = None
        self._loaded: list[str] = []
        self._refused: list[str] = []
        self._in_hand: set[int] = set()
        self._myths_seen = self._myths_refused = ""
        self.state = TriageState(problem=LOADING)

    async def drain(self) -> int:
        """Read what waits until nothing does, and return how many posts that were.

        Raises: TriageStuck, and whatever PostgreSQL raises; what was in hand then is not counted as tried.
        """
        if self._busy.locked():
            self._asked_meanwhile = True  # whoever is at it goes on until nothing waits, and looks again before it ends
            await say_state(self._redis, self.state)
            return 0
        async with self._busy:
            self._refused, self._myths_refused = [], ""
            read = 0
            while (classifier := await self._classifier_in_use()) is not None:
                self._asked_meanwhile = False
                if tasks := await take_tasks(AT_ONCE, at=now()):
                    read += len(tasks)
                    await self._work_on(tasks, classifier)
                elif await self._explain_one(classifier) or await self._embed_some_resources(classifier):
                    continue
                elif not self._asked_meanwhile:
                    break
            return read

    async def embed_resources(self) -> None:
        """See that what new or changed resources mean is worked out, so that they can be suggested by it.

        Raises: as ``drain``.
        """
        self._resources_wait = True
        await self.drain()

    async def _embed_some_resources(self, classifier: Classifier) -> bool:
        """Work out what a few of them mean, while no post waits; tell whether there were any."""
        if not self._resources_wait:
            return False
        done = 0
        try:
            done = await embed_some_resources(classifier.version, partial(self._in_time, classifier.embed))
        except (TriageStuck, *NOT_THE_POSTS_FAULT):
            raise
        except Exception as failure:  # noqa: BLE001 - they are suggested by their words, and tried again
            log.warning("resources_not_embedded", kind=type(failure).__name__)
        self._resources_wait = done > 0
        return self._resources_wait

    async def _classifier_in_use(self) -> Classifier | None:
        """Return the classifier as the admin and the library want it by now, and say how it does."""
        await self._put_back_what_is_in_hand()
        await self._load_what_is_in_use()
        await say_state(self._redis, self.state)
        if self._classifier is not None:
            await self._look_for_known_myths(self._classifier)
        return self._classifier

    async def _put_back_what_is_in_hand(self) -> None:
        """Have tasks tried anew that were in hand when the database failed."""
        if self._in_hand:
            await put_back(list(self._in_hand), at=now())
            self._in_hand.clear()

    async def _explain_one(self, classifier: Classifier) -> bool:
        """Work out which sentences of an open case weighed most, and what it means; tell whether there was one."""
        unexplained = await take_unexplained()
        if unexplained is None:
            return False
        try:
            if unexplained.model == classifier.version and not unexplained.has_meaning:
                [meaning] = await self._in_time(classifier.embed, [unexplained.post])
                await keep_meaning(unexplained.assessment_id, meaning)
            weights = await self._in_time(
                classifier.weigh,
                unexplained.post,
                unexplained.severity,
                is_misinformation=unexplained.is_misinformation,
            )
        except TriageStuck:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever fails here, the case is there without it
            log.warning("explanation_failed", kind=type(failure).__name__)
            return True
        sentences = [(weight.span.start, weight.span.end, round(weight.fall, 4)) for weight in weights]
        await keep_explanation(unexplained.assessment_id, sentences)
        return True

    async def _load_what_is_in_use(self) -> None:
        wished: list[str] = []
        try:
            wished = self._shelf.fingerprint(self._wanted)
            if wished == self._refused or (self._classifier is not None and wished == self._loaded):
                return
            self._classifier = await asyncio.to_thread(self._load)
        except Exception as failure:  # noqa: BLE001 - without a classifier everything waits, whatever the cause
            problem = str(failure) or type(failure).__name__
            if self._classifier is None:
                self.state = TriageState(problem=problem)
            log.error("classifier_missing", problem=problem)  # noqa: TRY400 - the message is the problem
            self._refused = wished
            return
        self._loaded, self._myths_seen = wished, ""
        self.state = TriageState(model=self._classifier.version)
        log.info("classifier_loaded", model=self._classifier.version)

    async def _look_for_known_myths(self, classifier: Classifier) -> None:
        """Take the library as it stands now; what the model cannot embed is tried again, and the one before serves."""
        today = now().date()
        found = await fingerprint_of_library(today=today)
        if found in (self._myths_seen, self._myths_refused):
            return
        myths = await read_library(today=today)
        try:
            self._classifier = await asyncio.to_thread(classifier.looking_for, myths)
        except Exception as failure:  # noqa: BLE001 - posts are read all the same
            log.warning("myths_not_taken", kind=type(failure).__name__)
            self._myths_refused = found
            return
        self._myths_seen = found
        log.info("myths_taken", myths=len(myths))

    def _load_in_use(self) -> Classifier:
        if self._classifier is not None:
            self._shelf.own_thresholds()  # where they cannot be read, what is loaded serves on
        return self._shelf.load_in_use(lambda release: load_classifier(load_bare(release), release), self._wanted)

    async def _work_on(self, tasks: Sequence[Task], classifier: Classifier) -> None:
        started = asyncio.get_running_loop().time()
        self._in_hand = {task.id for task in tasks}
        holding = asyncio.create_task(self._hold_on())
        try:
            by_policy = groupby(sorted(tasks, key=lambda task: hash(task.policy)), key=lambda task: task.policy)
            for batch in [list(group) for _, group in by_policy]:
                await self._read(batch, classifier)
        finally:
            holding.cancel()
        oldest = min(task.waits_since for task in tasks)
        log.info(
            "posts_triaged",
            posts=len(tasks),
            seconds=round(asyncio.get_running_loop().time() - started, 3),
            lag_seconds=round((now() - oldest).total_seconds(), 1),
        )

    async def _hold_on(self) -> None:
        """Say again and again that tasks are in hand, however long they take."""
        while True:
            await asyncio.sleep(HOLD_ANEW_SECONDS)
            with contextlib.suppress(*NOT_THE_POSTS_FAULT):  # whoever reads them meets the same failure, and acts on it
                await keep_in_hand(list(self._in_hand), at=now())

    async def _read(self, batch: Sequence[Task], classifier: Classifier) -> None:
        """Assess posts together; where that fails, each alone, so that the others go on.

        Where the classifier reads nothing at all the posts wait, uncounted, as they do without one.
        """
        if batch[0].is_spent:
            await self._give_up(batch[0], WORKER_LOST)
            return
        try:
            found = await self._assess(classifier, [task.post for task in batch], batch[0].policy)
        except TriageStuck:
            with contextlib.suppress(Exception):  # the process ends whatever the database says
                for task in batch:
                    await self._give_up(task, TriageStuck.__name__)
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is, it may not hold up the other posts
            await self._read_alone(batch, classifier, failure)
            return
        self.state = TriageState(model=classifier.version)
        for task, assessment in zip(batch, found, strict=True):
            await self._finish(task, assessment)

    async def _read_alone(self, batch: Sequence[Task], classifier: Classifier, failure: Exception) -> None:
        kind = type(failure).__name__
        log.warning("assessment_failed", posts=len(batch), kind=kind)
        if len(batch) > 1:
            for task in batch:
                await self._read([task], classifier)
            return
        if await self._reads_anything(classifier):
            await self._give_up(batch[0], kind)
        else:
            await put_back([batch[0].id], at=now() + BROKEN_PAUSE, failure=kind)
            self._in_hand.discard(batch[0].id)

    async def _reads_anything(self, classifier: Classifier) -> bool:
        """Tell a post that cannot be read from a classifier that reads nothing, and say so."""
        problem = ""
        try:
            await self._assess(classifier, [PLAIN_WORDS], DEFAULT_POLICY)
        except TriageStuck:
            raise
        except Exception as failure:  # noqa: BLE001 - this is what was to be found out
            problem = f"It fails on every post ({type(failure).__name__})."
        self.state = TriageState(model=classifier.version, problem=problem)
        return not problem

    async def _assess(self, classifier: Classifier, posts: Sequence[Post], policy: TriagePolicy) -> list[Assessment]:
        return await self._in_time(classifier.assess, posts, policy=policy)

    async def _in_time(self, think: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
        """Have the classifier think beside the event loop.

        Raises: TriageStuck, after saying so; and what ``think`` raises.
        """
        try:
            return await asyncio.wait_for(asyncio.to_thread(think, *args, **kwargs), TOO_SLOW_SECONDS)
        except TimeoutError as late:
            problem = f"The classifier did not come back within {TOO_SLOW_SECONDS:.0f} seconds; it is started anew."
            self.state = TriageState(problem=problem)
            await say_state(self._redis, self.state)
            raise TriageStuck(problem) from late

    async def _finish(self, task: Task, assessment: Assessment) -> None:
        try:
            effect = await self._write_down(task, assessment, partial(finish_task, task, assessment))
        except NOT_THE_POSTS_FAULT:
            raise
        except Exception as failure:  # noqa: BLE001 - as when it is read
            log.warning("assessment_not_written", kind=type(failure).__name__)
            await self._give_up(task, type(failure).__name__)
        else:
            self._in_hand.discard(task.id)
            await self._tell_people(effect)

    async def _write_down(
        self, task: Task, assessment: Assessment, write: Callable[..., Awaitable[Effect | None]]
    ) -> Effect | None:
        async with transaction():
            effect = await write(at=now())
            if effect is not None and effect.author_id is not None:
                if effect.changed_state:
                    why = why_kept_back(assessment)
                    await notify(effect.author_id, KEPT_BACK, post_id=task.post_id, detail=why, at=now())
                if effect.severity.is_urgent and may_be_about_author(assessment.reasons):
                    await offer_support(effect.author_id, task.post_id, at=now())
        return effect

    async def _give_up(self, task: Task, failure: str) -> None:
        unread = assess_unread(task.post, self.state.model, policy=task.policy)
        effect = await self._write_down(task, unread, partial(give_up, task, failure, unread))
        self._in_hand.discard(task.id)
        await self._tell_people(effect)

    async def _tell_people(self, effect: Effect | None) -> None:
        if effect is None or effect.case_id is None:
            return
        channels = [QUEUE_CHANNEL]
        if effect.author_id is not None and effect.severity.is_urgent:
            channels.append(member_channel(effect.author_id))
        await tell(self._redis, *channels)


def why_kept_back(assessment: Assessment) -> str:
    """Name for its author why a post is held or covered."""
    if assessment.route is Route.COVER:
        return "doubted" if assessment.is_misinformation and not assessment.severity.is_urgent else "heavy"
    by_rule = any(reason.kind == "rule" and endangers_readers(reason.detail) for reason in assessment.reasons)
    return "endangers" if by_rule else "claim"
