"""Long posts are cut into windows of which each carries its title and parent, and nothing of the text is lost."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from triage.model.base import EncoderMissing, find_encoder
from triage.model.windows import (
    OVERLAP_TOKENS,
    PARENT_TOKENS,
    TITLE_TOKENS,
    WINDOW_TOKENS,
    Cutter,
    Window,
    pad,
)
from triage.normalise import normalise
from triage.posts import Post

CLS, SEP = 101, 102


@cache
def cutter() -> Cutter:
    return Cutter(find_encoder())


@cache
def tokenizer() -> Tokenizer:
    read = Tokenizer.from_file(str(find_encoder() / "tokenizer.json"))
    read.no_truncation()
    read.no_padding()
    return read


def tokens(text: str) -> list[int]:
    """Return the tokens of a text as the encoder's own tokenizer finds them."""
    return tokenizer().encode(normalise(text), add_special_tokens=False).ids if text else []


def pieces(windows: list[Window], post: Post) -> list[list[int]]:
    """Return the piece of the text in each window: what is left between the title and the first [SEP]."""
    title = len(tokens(post.title)[:TITLE_TOKENS])
    return [window.ids[1 + title : window.ids.index(SEP)] for window in windows]


def own_tokens(post: Post) -> list[int]:
    """Return what no window repeats: the text, after what its title has beyond its place."""
    return tokens(post.title)[TITLE_TOKENS:] + tokens(post.text)


def joined(parts: list[list[int]]) -> list[int]:
    """Put pieces together that overlap as documented."""
    return parts[0] + [token for part in parts[1:] for token in part[OVERLAP_TOKENS:]]


def sentence(words: int) -> str:
    names = ("river", "garden", "kettle", "window", "letter", "Sunday", "bread", "market", "winter", "orange", "ladder")
    return " ".join(names[(place * place + place // 7) % len(names)] for place in range(words))


@pytest.mark.parametrize("words", [1, 150, 253, 254, 255, 300, 460, 461, 462, 463, 2000])
@pytest.mark.parametrize("title", ["", "A long week", sentence(60)])
@pytest.mark.parametrize("parent", ["", "How was your week?", sentence(200)])
def test_every_token_of_a_post_is_in_some_window(words: int, title: str, parent: str) -> None:
    post = Post(text=sentence(words), title=title, parent=parent)
    windows = cutter().cut([post])
    assert joined(pieces(windows, post)) == own_tokens(post)
    assert max(len(window.ids) for window in windows) <= WINDOW_TOKENS


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=3000), title=st.text(max_size=80), parent=st.text(max_size=200))
def test_nothing_is_lost_of_any_text(text: str, title: str, parent: str) -> None:
    post = Post(text=text, title=title, parent=parent)
    assert joined(pieces(cutter().cut([post]), post)) == own_tokens(post.with_quotation_apart())


def test_lines_that_quote_the_parent_are_read_with_it() -> None:
    parent = f"{sentence(200)}\nI cannot go on. I have had enough."
    answer = Post(text="> I cannot go on. I have had enough.\n\nPlease stay, I am here.", parent=parent)
    (window,) = cutter().cut([answer])
    assert pieces([window], answer) == [tokens("\nPlease stay, I am here.")]
    context = window.ids[window.ids.index(SEP) + 1 : -1]
    assert context == tokens(f"I cannot go on. I have had enough.\n{parent}")[:PARENT_TOKENS]


@pytest.mark.parametrize(
    "text", ["> I cannot go on.", "> I will go on.\n\nStay.", ">\n\nStay.", "a > b\nI cannot go on."]
)
def test_what_is_no_quotation_of_the_parent_stays_in_the_text(text: str) -> None:
    answer = Post(text=text, parent="I cannot go on.")
    assert answer.with_quotation_apart() == answer


def test_windows_overlap_as_documented() -> None:
    post = Post(text=sentence(900), title="A long week", parent="How was your week?")
    parts = pieces(cutter().cut([post]), post)
    assert len(parts) > 3
    for one, following in pairwise(parts):
        assert one[-OVERLAP_TOKENS:] == following[:OVERLAP_TOKENS]


def test_title_and_parent_are_in_each_window_up_to_their_length() -> None:
    post = Post(text=sentence(900), title=sentence(60), parent=sentence(200))
    windows = cutter().cut([post])
    for window in windows:
        assert window.ids[: 1 + TITLE_TOKENS] == [CLS, *tokens(post.title)[:TITLE_TOKENS]]
        assert window.ids[-PARENT_TOKENS - 2 :] == [SEP, *tokens(post.parent)[:PARENT_TOKENS], SEP]
        assert window.types == [0] * (len(window.ids) - PARENT_TOKENS - 1) + [1] * (PARENT_TOKENS + 1)


def test_post_that_fits_is_one_window_and_one_token_more_makes_two() -> None:
    room = WINDOW_TOKENS - 2
    assert len(tokens(sentence(room))) == room
    assert [len(window.ids) for window in cutter().cut([Post(text=sentence(room))])] == [WINDOW_TOKENS]
    assert len(cutter().cut([Post(text=sentence(room + 1))])) == 2


def test_windows_name_their_post_in_order_and_an_empty_one_has_one_too() -> None:
    windows = cutter().cut([Post(text=sentence(600)), Post(text=""), Post(text="Hello.")])
    assert [window.post for window in windows] == [0, 0, 0, 1, 2]
    assert windows[3].ids == [CLS, SEP]


def test_shorter_windows_are_filled_up_with_what_is_masked() -> None:
    short, long = Window(0, [CLS, 7, SEP], [0, 0, 0]), Window(1, [CLS, 7, SEP, 8, SEP], [0, 0, 0, 1, 1])
    batch = pad([short, long], step=4)
    assert np.array_equal(batch.ids, [[CLS, 7, SEP, 0, 0, 0, 0, 0], [CLS, 7, SEP, 8, SEP, 0, 0, 0]])
    assert np.array_equal(batch.mask, [[1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0, 0]])
    assert np.array_equal(batch.types, [[0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0, 0, 0]])


def test_tokenizer_of_another_family_is_refused(tmp_path) -> None:
    file = tmp_path / "tokenizer.json"
    whole = (find_encoder() / "tokenizer.json").read_text(encoding="utf-8")
    file.write_text(whole.replace("[CLS]", "[START]"), encoding="utf-8")
    with pytest.raises(EncoderMissing, match=r"no \[CLS\]"):
        Cutter(tmp_path)


@pytest.mark.parametrize(("sign", "times"), [("[CLS]", 1), ("[SEP]", 2), ("[PAD]", 0), ("[MASK]", 0)])
def test_signs_of_the_model_that_somebody_writes_are_text(sign: str, times: int) -> None:
    (window,) = cutter().cut([Post(text=f"I am fine {sign} or so.", parent=f"Are you {sign}?")])

    assert window.ids.count(tokenizer().token_to_id(sign)) == times
    assert window.types.count(1) == len(window.ids) - window.ids.index(SEP) - 1
