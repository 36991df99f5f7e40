"""What a post about a heavy topic may need, in the words of the library."""

from __future__ import annotations

from server.help.needs import ALSO_OF_TOPICS, NEEDS, needs_of
from triage.topics import HEAVY_TOPICS


def test_every_need_of_a_topic_is_one_of_the_library() -> None:
    assert set(needs_of(HEAVY_TOPICS)) <= NEEDS.keys()
    assert ALSO_OF_TOPICS.keys() <= HEAVY_TOPICS.keys()


def test_needs_come_in_the_order_of_the_topics_and_once() -> None:
    assert needs_of(["grief", "overdose-and-drugs", "grief"]) == ["bereavement", "addiction", "poison"]


def test_topic_without_a_need_of_its_own_asks_for_nothing() -> None:
    assert needs_of(["medical-emergencies", "a-new-one"]) == []
