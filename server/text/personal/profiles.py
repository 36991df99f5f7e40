"""Ways to find the same person elsewhere: links to profiles, usernames on other services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from server.text.personal.detail import before, fold, mentions, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.text.personal.detail import Span

_LINK = re.compile(
    r"(?<![\w@.-])(?=[a-z])(?:https?://)?(?:(?:www|m|mobile|web|old|new|[a-z]{2}(?:-[a-z]{2})?)\.)?"
    r"(?:(?:instagram|tiktok|twitter|x|facebook|fb|threads|twitch|onlyfans|linktr|vk|venmo|paypal|kik)\."
    r"(?:com|net|tv|ee|me)|t\.me|telegram\.me|wa\.me|m\.me|fb\.me|discord\.gg|discord(?:app)?\.com/(?:invite|users)"
    r"|snapchat\.com/add|reddit\.com/u(?:ser)?|linkedin\.com/in|bsky\.app/profile|steamcommunity\.com/(?:id|profiles)"
    r"|signal\.me|matrix\.to|cash\.app|pinterest\.[a-z]{2,3})"
    r"/(?P<name>[@+#$]?[\w%][\w.%-]{1,60})(?P<rest>/[\w-]{0,30})?(?:\?id=\d{3,20})?",
)
_SHOWS_NO_PROFILE = words_of(
    """
    about accounts events explore gaming groups hashtag help home i intent legal login marketplace p pages pin
    policies privacy reel reels s search settings share sharer sharer.php status stories tag terms tos tv video
    videos watch
    """
)
_SITES = words_of(
    """
    instagram. tiktok. twitter. x.com facebook. fb. threads. twitch. onlyfans. linktr. vk.c venmo. paypal. kik.
    t.me telegram. wa.me m.me discord snapchat. reddit. linkedin. bsky. steamcom signal. matrix. cash. pinterest.
    """
)
_SERVICE = (
    r"(?:insta(?:gram)?|ig|snap(?:chat)?|tik ?tok|twitter|facebook|fb|messenger|discord|telegram|kik|reddit|signal"
    r"|threads|bluesky|bsky|mastodon|twitch|linkedin|skype|psn|playstation|xbox(?: live)?|gamertag|steam|wechat|viber"
    r"|tumblr)"
)
_SERVICES = words_of(
    """
    insta ig snap tik twitter facebook fb messenger discord telegram kik reddit signal threads bluesky bsky
    mastodon twitch linkedin skype psn playstation xbox gamertag steam wechat viber tumblr
    """
)
_HANDLE = r"(?P<handle>@?[a-z0-9_](?:[\w.-]{0,31}[\w-])(?:#\d{4})?(?![\w@]))"
_MINE = re.compile(
    rf"my (?<!\wmy ){_SERVICE}(?P<noun> (?:username|user ?name|user|handle|name|account|acc|id|tag|@))?"
    rf"(?P<sep> ?[:=] ?| is:? |['\u2019]s | ?-+>? | )(?:called )?{_HANDLE}"
)
_LABELLED = re.compile(
    rf"(?<![\w@/.-])(?=[bdfgikmprstvwx]){_SERVICE}(?: (?:username|handle|name|id))?(?P<sep> ?[:=] ?| is | ){_HANDLE}"
)
_ON = re.compile(
    rf" (?:on|via|at) (?:my )?{_SERVICE}\b(?:,?(?P<sep> ?[:=] ?| as | under |,? i'?m |,? it'?s | ?-+>? | ){_HANDLE})?"
)
_COME = re.compile(
    r"\b(?:add|find|follow|dm|message|msg|text|hmu|hit|pm|reach|contact|i'?m|i am)(?: me)?(?: up| over)?\Z"
)
_HANDLE_BEFORE = re.compile(r"(?:\A|(?<=[\s(:,]))(@?[a-z_][\w.-]{2,31})\Z")
_INVITING = re.compile(r"\b(?:i'?m|i am|add|find|follow|it'?s|username|user|called|name|as|dm|message|me)[ :]{1,2}\Z")
_DISCORD_TAG = re.compile(r"#\d{4}(?!\w)")
_DISCORD_NAME = re.compile(r"(?<![\w#/.-])[a-z][\w.]{1,31}\Z")
_REDDIT_NAME = re.compile(r"u/(?<![\w.]u/)(?<![^\s(,]/u/)(?P<word>[a-z0-9_][a-z0-9_-]{2,19})(?![\w/])")
_FEDERATED = re.compile(r"@(?<![\w@.]@)[\w.-]{1,30}@(?:[\w-]{1,63}\.){1,3}[a-z]{2,24}(?!\w)")
_LONGEST_HANDLE = 34
_NUMBERED = words_of(
    """
    batch bug case chapter comment day issue item lot meeting no nr number order page part post pr ref reply room
    step story task thread ticket track
    """
)
_UNITS = words_of(
    """
    all day dl hour hours hr hrs kg liter litre min mins minute mods mol week
    """
)
_NO_HANDLE = words_of(
    """
    a about account again all although and anymore as at because but cos cuz deleted for gone hacked i if im in is
    it later like lol maybe me mine much my no none not now off only or please pls private so some soon thanks
    that the then there this though to today too usual we well when where which while who with yet you
    """
)


def find_profiles(text: str) -> Iterator[Span]:
    """Yield where profile links, invitations to chats and usernames on other services stand."""
    folded = fold(text)
    yield from _find_marked_names(folded)
    if "/" in folded and mentions(folded, _SITES):
        yield from _find_links(folded)
    if mentions(folded, _SERVICES):
        yield from _find_named_services(folded)


def _find_marked_names(folded: str) -> Iterator[Span]:
    """Yield names whose own form says where they belong: name#1234, u/name, @name@server."""
    for found in _FEDERATED.finditer(folded):
        yield found.span()
    for found in _DISCORD_TAG.finditer(folded):
        name = _DISCORD_NAME.search(folded[max(0, found.start() - _LONGEST_HANDLE) : found.start()])
        if name and name[0] not in _NUMBERED:
            yield found.start() - len(name[0]), found.end()
    for found in _REDDIT_NAME.finditer(folded):
        is_dose = before(folded, found.start(), 2).strip()[-1:].isdecimal()
        if found["word"] not in _UNITS and not is_dose:
            yield found.span()


def _find_links(folded: str) -> Iterator[Span]:
    for found in _LINK.finditer(folded):
        rest = (found["rest"] or "").strip("/")
        if found["name"] not in _SHOWS_NO_PROFILE and rest not in _SHOWS_NO_PROFILE:
            yield found.span()


def _find_named_services(folded: str) -> Iterator[Span]:
    for found in _MINE.finditer(folded):
        if _is_given_as_handle(found, noun=found["noun"]):
            yield found.span("handle")
    for found in _LABELLED.finditer(folded):
        handle = found["handle"]
        if (
            handle[0] == "@"
            or (found["sep"].strip() and "_" in handle)
            or (":" in found["sep"] and _looks_made_up(handle))
        ):
            yield found.span("handle")
    for found in _ON.finditer(folded):
        if (
            found["handle"]
            and _COME.search(before(folded, found.start(), 20))
            and _is_given_as_handle(found, noun=None)
        ):
            yield found.span("handle")
        elif handle := _HANDLE_BEFORE.search(before(folded, found.start(), _LONGEST_HANDLE)):
            start = found.start() - len(handle[1])
            is_invitation = _looks_made_up(handle[1]) and _INVITING.search(before(folded, start, 20))
            if handle[1].startswith("@") or "_" in handle[1] or is_invitation:
                yield start, found.end() if not found["handle"] else found.start("sep")


def _is_given_as_handle(found: re.Match[str], *, noun: str | None) -> bool:
    handle, between = found["handle"], found["sep"].strip()
    if handle in _NO_HANDLE:
        return False
    is_named = between[:1] in {":", "="} or between in {"as", "under"} or bool(noun and between)
    return is_named or _looks_made_up(handle)


def _looks_made_up(handle: str) -> bool:
    """Tell whether a word has something that words have not: a digit, an underscore, a dot inside, @ or #."""
    return any(character in "@_.#" or character.isdecimal() for character in handle) and not handle.isdecimal()
