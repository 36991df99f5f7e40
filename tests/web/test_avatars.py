"""Pictures for handles."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from server.web.avatars import avatar_svg

HANDLES = [f"quiet-heron-{number}" for number in range(5000)]


def test_the_same_handle_always_has_the_same_picture():
    avatar_svg.cache_clear()
    before = avatar_svg("amber-otter-12")
    avatar_svg.cache_clear()
    assert avatar_svg("amber-otter-12") == before


def test_handles_that_differ_by_case_alone_look_the_same():
    assert avatar_svg("Amber-Otter-12") == avatar_svg("amber-otter-12")


def test_thousands_of_handles_look_different():
    assert len({avatar_svg(handle) for handle in HANDLES}) > 0.95 * len(HANDLES)


def test_every_picture_is_small_and_well_formed():
    for handle in HANDLES[:1000]:
        picture = avatar_svg(handle)
        assert len(picture.encode()) < 900
        ET.fromstring(picture)


def test_pictures_need_nothing_that_the_content_security_policy_forbids():
    for handle in HANDLES[:1000]:
        assert not re.search(r"style=|id=|href=|url\(|<script|<style|on\w+=", avatar_svg(handle))


def test_pictures_are_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in avatar_svg("amber-otter-12")


def test_a_hostile_handle_leaves_no_trace_in_the_picture():
    assert "alert" not in avatar_svg('"><script>alert(1)</script>')


def test_the_size_is_the_one_asked_for():
    assert 'width="24" height="24"' in avatar_svg("amber-otter-12", 24)
