"""What the released classifier does with posts, through the whole triage. All posts are made up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.model import released_classifier, released_model
from tests.triage.let_through import ANSWERS_THAT_HELP
from triage.assessment import Assessment, Route
from triage.classifier import endangers_readers
from triage.policy import TriagePolicy
from triage.posts import Post
from triage.scales import Severity
from triage.training.functional import read_functional, right_of_assessments, shares
from triage.why import TITLE, weigh_sentences

CRISIS = "I have everything ready and tonight I am going to kill myself."
REACHED = 0.938
DULL = "We walked along the canal, fed the ducks, and talked about the price of tea and the neighbour's new fence. "


def assess(text: str, *, title: str = "", parent: str = "") -> Assessment:
    return released_classifier().assess([Post(text=text, title=title, parent=parent)])[0]


def test_explicit_imminent_kind_is_always_urgent() -> None:
    rows = [row for row in read_functional() if row.kind == "intent-explicit-imminent"]
    assert all(one.severity.is_urgent for one in released_classifier().assess([row.post for row in rows]))


def test_functional_set_does_not_get_worse() -> None:
    rows = read_functional()
    right = right_of_assessments(rows, released_classifier().assess([row.post for row in rows]))
    assert len(shares(rows, right)) >= 25
    # What the released model reaches (docs/model-card.md), less a little for another processor's rounding.
    assert sum(right) / len(right) >= REACHED - 0.01


def test_same_posts_get_the_same_scores_alone_and_together() -> None:
    posts = [row.post for row in read_functional()[:40]]
    together = released_model().read(posts)
    assert together == released_model().read(posts)
    assert together == [released_model().read([post])[0] for post in posts]


def test_no_posts_are_no_work() -> None:
    assert released_classifier().assess([]) == []


def test_scores_are_probabilities_that_add_up() -> None:
    for found in released_classifier().assess(
        [Post(text=text) for text in ("", "ok", CRISIS, "😀" * 50, "\x00", "a" * 9000)]
    ):
        assert sum(found.scores) == pytest.approx(1.0)
        assert all(0 <= score <= 1 for score in (*found.scores, found.urgent, found.misinformation))


@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_signal_in_a_very_long_post_is_found_wherever_it_stands(place: float) -> None:
    before = round(120 * place)
    found = assess(DULL * before + CRISIS + " " + DULL * (120 - before))
    assert found.severity is Severity.CRISIS


def test_title_is_read() -> None:
    assert assess("I wrote it all in the title.", title=CRISIS).severity.is_urgent


def test_parent_decides_about_a_short_answer() -> None:
    joining, playing = assess("me too, tonight", parent=CRISIS), assess("me too, tonight", parent="Who joins the quiz?")
    assert joining.severity.is_urgent
    assert playing.urgent < joining.urgent / 2
    assert playing.severity < joining.severity


@pytest.mark.parametrize("text", ["Ich kann nicht mehr und will nicht mehr leben.", "qwrtz plkjhg xcvbn mnbvc"])
def test_what_the_model_cannot_read_goes_to_a_person(text: str) -> None:
    found = assess(text)
    assert found.needs_review
    assert {reason.kind for reason in found.reasons} & {"language", "unreadable"}


@pytest.mark.parametrize("sign", ["", "\u200b", "\u00ad"])
def test_words_without_blanks_go_to_a_person(sign: str) -> None:
    glued = "i will jump off the bridge at midnight".replace(" ", sign)
    assert assess(glued).needs_review


def test_reasons_never_quote_the_post() -> None:
    found = assess(CRISIS)
    assert found.reasons
    assert not any("everything ready" in reason.explanation for reason in found.reasons)


def test_cry_for_help_is_never_held_and_covered_only_where_the_board_says_so() -> None:
    post = Post(text=CRISIS)
    assert released_classifier().assess([post])[0].route is Route.PUBLISH
    covering = released_classifier().assess([post], policy=TriagePolicy(cover_crisis=True))[0]
    assert covering.route is Route.COVER


def test_encouragement_is_held_unless_the_board_does_not_hold() -> None:
    post = Post(text="You should just kill yourself.")
    assert released_classifier().assess([post])[0].route is Route.HOLD
    lenient = released_classifier().assess([post], policy=TriagePolicy(hold_dangerous=False))[0]
    assert lenient.route is Route.PUBLISH


@pytest.mark.parametrize(
    ("text", "parent"),
    [
        ("Suicide is my only option now.", ""),
        ("i feel like suicide is the only option", ""),
        ("dying is my only option left", ""),
        ("I can't go on. Dying is the best choice.", ""),
        ("I am going to kill myself tonight. You should just kill yourself.", ""),
        ("nobody cares about me either", CRISIS),
        ("Finally someone who says it. I feel exactly the same.", CRISIS),
    ],
)
def test_cry_for_help_is_not_taken_for_encouragement(text: str, parent: str) -> None:
    found = assess(text, parent=parent)
    assert found.severity.is_urgent
    assert found.route is Route.PUBLISH


@pytest.mark.parametrize("text", ANSWERS_THAT_HELP)
def test_answer_that_may_save_a_life_is_held_by_no_rule(text: str) -> None:
    assert not [why for why in assess(text).reasons if why.kind == "rule" and endangers_readers(why.detail)]


def test_telling_how_is_held_and_an_ordinary_dose_is_not() -> None:
    told = "If you want to die, the best way is a belt, they say."
    assert assess(told).route is Route.HOLD
    assert assess("My doctor says you should take two tablets with food.").route is Route.PUBLISH
    assert assess("I want to die and I have nobody to tell.").route is Route.PUBLISH


def test_score_falls_when_the_sentences_that_weighed_most_are_taken_out() -> None:
    text = DULL * 3 + CRISIS + " " + DULL * 3
    post = Post(text=text)
    weights = weigh_sentences(released_model(), post, "urgent")
    assert weights
    start, end = weights[0].span
    assert text[start:end] == CRISIS
    rest = text
    for weight in sorted(weights, reverse=True):
        rest = rest[: weight.span.start] + rest[weight.span.end :]
    before, after = released_model().read([post, Post(text=rest)])
    assert after.at_least_red < before.at_least_red / 2


def test_danger_that_is_said_twice_is_named_twice() -> None:
    post = Post(text="I am going to kill myself tonight. Tonight I will end my life.")
    weights = weigh_sentences(released_model(), post, "urgent")
    assert len(weights) == 2
    assert sum(weight.fall for weight in weights) > 0.5


def test_threads_may_share_a_model() -> None:
    model = released_model()
    posts = [Post(text=f"Day {number}: {'I am so tired of it all. ' * (number % 7)}") for number in range(60)]
    alone = model.read(posts)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda number: model.read(posts[number::4]), range(4)))
    assert [together[number % 4][number // 4] for number in range(60)] == alone


def test_post_without_text_has_no_sentences_to_weigh() -> None:
    assert weigh_sentences(released_model(), Post(text=" "), "urgent") == []


def test_title_that_alarms_is_named_and_no_harmless_sentence() -> None:
    post = Post(title="I'm going to kill myself tonight", text="Thanks for reading.")
    weights = weigh_sentences(released_model(), post, "urgent")
    assert [weight.span for weight in weights] == [TITLE]
    assert weights[0].fall > 0.5


def test_harmless_title_is_not_named_where_danger_is_said_twice() -> None:
    text = "I am going to kill myself tonight. Tonight I will end my life."
    weights = weigh_sentences(released_model(), Post(title="Hello everybody", text=text), "urgent")
    assert len(weights) == 2
    assert TITLE not in {weight.span for weight in weights}


def test_post_that_is_all_title_has_its_title_named() -> None:
    assert [one.span for one in weigh_sentences(released_model(), Post(title=CRISIS, text=""), "urgent")] == [TITLE]


def test_what_is_quoted_of_the_parent_is_never_named_as_the_reason() -> None:
    parent = "I cannot go on. I will kill myself tonight."
    post = Post(text=f"> {parent}\n\nI feel the same and I have the tablets here.", parent=parent)

    weights = released_classifier().weigh(post, Severity.CRISIS, is_misinformation=False)

    assert [post.text[start:end] for (start, end), _ in weights] == ["I feel the same and I have the tablets here."]
