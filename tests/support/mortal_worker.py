"""The real worker, with a classifier that brings it down: ``python -m tests.support.mortal_worker``."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import TYPE_CHECKING

from server import worker
from server.cli.failures import run_in_loop
from server.logs import configure_logs
from server.settings import load_settings
from server.triaging import Triage
from tests.support.cases import an_assessment
from tests.support.classifiers import CalmClassifier

if TYPE_CHECKING:
    from triage.assessment import Assessment
    from triage.posts import Post

DEADLY = "Poison"


class KillingOn(CalmClassifier):
    """Ends the process that reads a post with this word in it, and gives it no time to say so."""

    def judge(self, post: Post) -> Assessment:
        if DEADLY in post.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return an_assessment()


if __name__ == "__main__":
    settings = load_settings(os.environ)
    configure_logs(settings.log_level)
    worker.Triage = partial(Triage, load=KillingOn)  # type: ignore[assignment, misc]
    run_in_loop(worker.run_worker(settings))
