"""What a board's triage policy may say, and how it is told that it says nothing usable."""

from __future__ import annotations

import pytest

from triage.policy import PolicyUnusable, TriagePolicy, parse_policy, write_policy


def test_board_without_a_policy_has_the_usual_one() -> None:
    usual = parse_policy("{}")

    assert (usual.cover_crisis, usual.cover_red, usual.cover_misinformation) == (False, False, False)
    assert (usual.hold_dangerous, usual.hold_misinformation) == (True, True)
    assert (usual.crisis_minutes, usual.red_minutes, usual.amber_minutes) == (5, 30, 1440)
    assert usual.misinformation_minutes == 1440


def test_policy_is_read_as_it_was_written() -> None:
    policy = TriagePolicy(cover_red=True, hold_dangerous=False, crisis_minutes=2)

    assert parse_policy(write_policy(policy)) == policy


def test_no_policy_can_hold_a_cry_for_help() -> None:
    holds = [name for name in TriagePolicy.__struct_fields__ if name.startswith("hold")]
    assert holds == ["hold_dangerous", "hold_misinformation"]
    with pytest.raises(PolicyUnusable, match="hold_crisis"):
        parse_policy('{"hold_crisis": true}')


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ("[]", "Expected `object`"),
        ('{"crisis_minutes": 0}', "crisis_minutes"),
        ('{"red_minutes": 1000000}', "red_minutes"),
        ('{"cover_red": "yes"}', "cover_red"),
    ],
)
def test_unusable_policy_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(PolicyUnusable, match=what):
        parse_policy(text)
