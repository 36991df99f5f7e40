"""The rules that make markdown-it the small Markdown of posts: bounded nesting, bare addresses, hosts behind links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from server.text.links import BARE_ADDRESS, read_address, signs_out, trim_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.utils import EnvType, OptionsDict

    BlockRule = Callable[[StateBlock, int, int, bool], bool]
    InlineRule = Callable[[StateInline, bool], bool]

MAX_MARKS = {"[": 400, "*_": 4_000, "\n": 1_500}
"""More brackets, stars, lines than anybody writes: then links, emphasis, lists and quotes stay text, to save time."""
_SCHEME_BEFORE_COLON = re.compile(r"(?:^|[^a-z0-9])(https?)\Z", re.IGNORECASE)


def at_most(limit: int, rule: BlockRule, name: str) -> BlockRule:
    """Wrap a block rule so that deeper nesting and floods of lines stay text; the parser's own limit drops text."""

    def shallow_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
        if _are_too_many(state, "\n"):
            return False
        if silent:  # only asked whether a paragraph ends here
            return rule(state, start_line, end_line, silent)
        depth = state.env.get(name, 0)
        if depth >= limit:
            return False
        state.env[name] = depth + 1
        try:
            return rule(state, start_line, end_line, silent)
        finally:
            state.env[name] = depth

    return shallow_rule


def unless_too_many(rule: InlineRule, marks: str) -> InlineRule:
    """Wrap an inline rule so that a flood of its marks stays text."""

    def patient_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
        return not _are_too_many(state, marks) and rule(state, silent)

    return patient_rule


def _are_too_many(state: StateBlock | StateInline, marks: str) -> bool:
    return state.env["marks"][marks] > MAX_MARKS[marks]


def count_marks(state: StateCore) -> None:
    """Note how many of the marks stand in the post, for the rules that give up on a flood."""
    state.env["marks"] = {marks: sum(map(state.src.count, marks)) for marks in MAX_MARKS}


def part_paragraphs(state: StateCore) -> None:
    """Show as paragraphs what a tight list would run together: the items nested too deep to be items."""
    closings = [i for i, token in enumerate(state.tokens) if token.type == "paragraph_close" and token.hidden]
    for i in closings:
        if state.tokens[i + 1].type == "paragraph_open":
            for token in (state.tokens[i - 2], state.tokens[i], state.tokens[i + 1], state.tokens[i + 3]):
                token.hidden = False


def bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Turn ``https://…`` in running text into a link."""
    if silent or state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME_BEFORE_COLON.search(state.pending[-6:])
    found = BARE_ADDRESS.match(state.src, state.pos - len(scheme[1]), state.posMax) if scheme else None
    shown = trim_address(found[0]) if found else ""
    address = read_address(shown)
    if scheme is None or address is None:
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.push("link_open", "a", 1).attrs = {"href": address.href}
    state.push("text", "", 0).content = shown
    state.push("link_close", "a", -1)
    state.pos += len(shown) - len(scheme[1])
    return True


def show_hosts(state: StateCore) -> None:
    """Put the host behind each link, so that nobody is led elsewhere than they think."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = _with_hosts(block.children, state.env.get("own_host", ""))


def _with_hosts(children: Sequence[Token], own_host: str) -> list[Token]:
    shown: list[Token] = []
    start = 0
    for token in children:
        shown.append(token)
        if token.type == "link_open":
            start = len(shown)
        elif token.type == "link_close":
            _close_link(shown, start, own_host)
    return shown


def _close_link(tokens: list[Token], start: int, own_host: str) -> None:
    """Finish the link whose words begin at ``start``: no title, never empty, its host behind it, not out of here."""
    address = read_address(str(tokens[start - 1].attrs.get("href", "")))
    if address is None or signs_out(address, own_host):  # [words]() has no address at all
        del tokens[-1], tokens[start - 1]
        return
    tokens[start - 1].attrs = {"href": address.href}
    words = plain_text(tokens[start:]).strip()
    if not words:
        tokens.insert(-1, Token("text", "", 0, content=address.href))
    elif _without_scheme(words) != _without_scheme(address.href):
        tokens.append(Token("link_host", "", 0, content=address.host))


def _without_scheme(address: str) -> str:
    return re.sub(r"^https?://", "", address, flags=re.IGNORECASE).rstrip("/")


def write_host(_renderer: object, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """Write the host behind a link as HTML."""
    return f' <span class="host">({escapeHtml(tokens[index].content)})</span>'


def plain_text(children: Sequence[Token]) -> str:
    """Return the words of inline tokens, a blank for each line break."""
    return "".join(
        " " if child.type.endswith("break") else child.content
        for child in children
        if not child.nesting and child.type != "link_host"
    )
