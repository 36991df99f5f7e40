"""What of a post is learnt from."""

from __future__ import annotations

from triage.model.base import find_encoder
from triage.model.windows import Cutter
from triage.posts import Post
from triage.scales import Severity
from triage.training.examples import Example
from triage.training.fit import prepare

LONG = Post(title="A long night", text="The rain went on and on while nobody came. " * 120)


def test_all_of_a_long_post_is_learnt_from_whatever_it_is_called() -> None:
    cutter = Cutter(find_encoder())
    examples = [
        Example(post=LONG, severity=severity, misinformation=False, group="night")
        for severity in (Severity.GREEN, Severity.AMBER, Severity.CRISIS)
    ]

    windows = cutter.cut([LONG])

    assert len(windows) > 3
    assert prepare(examples, cutter).windows == [windows] * len(examples)
