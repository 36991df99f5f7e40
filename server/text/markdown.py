"""The small Markdown of posts: paragraphs, emphasis, lists, quotes and links, and nothing else.

One Enter is a line break, as people on phones expect. Headings, images, HTML, tables and code stay the text they are.
Two walls stand between a post and a page: the parser writes only a few elements, and nh3 lets only those through.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import blockquote, list_block
from markdown_it.rules_inline import link
from markdown_it.rules_inline.emphasis import tokenize as emphasis
from markupsafe import Markup

from server.text.links import read_address
from server.text.markdown_rules import (
    at_most,
    bare_address,
    count_marks,
    part_paragraphs,
    plain_text,
    show_hosts,
    unless_too_many,
    write_host,
)
from server.text.plain import is_plain, render_plain

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType

MAX_QUOTES_IN_QUOTES = 3
MAX_LISTS_IN_LISTS = 4
LINK_RELATIONS = "nofollow noopener noreferrer ugc"

_MAX_LEVELS = MAX_QUOTES_IN_QUOTES + 2 * MAX_LISTS_IN_LISTS + 2
"""The parser drops the text of blocks beyond this level, so none may reach it; it also bounds brackets in brackets."""
_EXCERPT_SOURCE_CHARACTERS = 2_000
_LAST_LINE_OF_QUOTE = re.compile(r"^( {0,3}>[^\n]*)\n(?![ \t]*(?:>|\n))", re.MULTILINE)
_JOINER = "\u200d"
_JOINS_THE_LAST = frozenset({_JOINER, *map(chr, range(0x1F3FB, 0x1F400))})  # and the skin tones
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

_WALL = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "span"},
    attributes={"a": {"href"}, "ol": {"start"}},
    allowed_classes={"span": {"host"}},
    url_schemes={"http", "https"},
    link_rel=LINK_RELATIONS,
)


def render(text: str, own_host: str = "") -> Markup:
    """Return the safe HTML of a post on the Kith at ``own_host``."""
    if is_plain(text):
        return Markup(render_plain(text))  # noqa: S704 - it holds no character that means anything in HTML
    return render_marks(text, own_host)


def render_marks(text: str, own_host: str = "") -> Markup:
    """Return the safe HTML of a post that may hold marks."""
    html = _MARKDOWN.render(_prepare(text), {"own_host": own_host})
    return Markup(_WALL.clean(html))  # noqa: S704 - it has just passed the wall


def excerpt(text: str, limit: int = 160) -> str:
    """Return the first words of a post in at most ``limit`` characters, without Markdown marks, on one line.

    What the author quotes is left out, unless there is nothing else: an excerpt speaks for its author.
    """
    beginning = text[: max(_EXCERPT_SOURCE_CHARACTERS, 4 * limit)]
    if is_plain(beginning):
        return _cut_at_word(" ".join(beginning.split()), limit)
    own: list[str] = []
    quoted: list[str] = []
    depth = 0
    for token in _MARKDOWN.parse(_prepare(beginning)):
        depth += token.nesting if token.type.startswith("blockquote") else 0
        if token.type == "inline":
            (quoted if depth else own).append(plain_text(token.children or []))
    words = " ".join(own).split() or " ".join(quoted).split()
    return _cut_at_word(" ".join(words), limit)


def _prepare(text: str) -> str:
    """End a quote where its last ``>`` line ends: the next line is the author's own, not a lazy continuation."""
    return _LAST_LINE_OF_QUOTE.sub("\\1\n\n", _HALF_CHARACTER.sub("\ufffd", text).replace("\r\n", "\n"))


def _cut_at_word(line: str, limit: int) -> str:
    if len(line) <= limit:
        return line
    room = limit - 1
    end = line.rfind(" ", 0, room + 1)
    if end < room // 2:  # one endless word, or a script that does not part its words
        end = room
        while end > 1 and not _begins_character(line, end):
            end -= 1
    return line[:end].rstrip(" ,;:\u2013—-(") + "…"


def _begins_character(line: str, position: int) -> bool:
    """Tell whether a reader sees a new character here, no mark on the last one and no further part of an emoji."""
    is_part = unicodedata.category(line[position])[0] == "M" or line[position] in _JOINS_THE_LAST
    return not is_part and line[position - 1] != _JOINER


def _link_or_nothing(url: str) -> str:
    address = read_address(url)
    return address.href if address else ""


def _is_link(url: str) -> bool:
    return url != ""


def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True, "maxNesting": _MAX_LEVELS})
    quote_alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    list_alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    parser.block.ruler.at("blockquote", at_most(MAX_QUOTES_IN_QUOTES, blockquote, "quotes"), quote_alternatives)
    parser.block.ruler.at("list", at_most(MAX_LISTS_IN_LISTS, list_block, "lists"), list_alternatives)
    parser.enable(["blockquote", "list", "newline", "escape", "emphasis", "link", "autolink"])
    parser.inline.ruler.at("link", unless_too_many(link, "["))
    parser.inline.ruler.at("emphasis", unless_too_many(emphasis, "*_"))
    parser.inline.ruler.before("link", "bare_address", bare_address)
    parser.core.ruler.after("normalize", "count_marks", count_marks)
    parser.core.ruler.after("block", "part_paragraphs", part_paragraphs)
    parser.core.ruler.push("show_hosts", show_hosts)
    parser.add_render_rule("link_host", write_host)
    # The two seams that markdown-it leaves for deciding what may be a link.
    parser.normalizeLink = _link_or_nothing
    parser.validateLink = _is_link
    return parser


_MARKDOWN = _build_parser()
