"""Emoji that can carry meaning for somebody's safety, as neutral words. What they mean is left to the reader."""

from __future__ import annotations

import re

NAMES = {
    "⚰": "coffin",
    "🪦": "gravestone",
    "⚱": "urn",
    "💀": "skull",
    "☠": "skull",
    "👻": "ghost",
    "💊": "pill",
    "💉": "syringe",
    "🔪": "knife",
    "🗡": "knife",
    "🪒": "razor",
    "✂": "scissors",
    "🩸": "blood",
    "🩹": "plaster",
    "🔫": "gun",
    "💣": "bomb",
    "🪢": "knot",
    "🌉": "bridge",
    "🥀": "wilted flower",
    "🕊": "dove",
    "👋": "waving goodbye",
    "💔": "broken heart",
    "🖤": "black heart",
    "🍺": "beer",
    "🍻": "beer",
    "🍷": "wine",
    "🥃": "whisky",
    "🍾": "bottle",
    "🆘": "sos",
    "🚑": "ambulance",
    "😂": "laughing",
    "🤣": "laughing",
    "😭": "crying",
    "😢": "crying",
}
_EMOJI = re.compile(rf"([{''.join(NAMES)}])\ufe0f?(?:\1\ufe0f?)*")


def name_emoji(text: str) -> str:
    """Write these emoji as words with blanks around them; a row of the same one is written once."""
    return _EMOJI.sub(_named, text)


def _named(emoji: re.Match[str]) -> str:
    before, after = emoji.string[: emoji.start()][-1:], emoji.string[emoji.end() : emoji.end() + 1]
    return f"{' ' * bool(before.strip())}{NAMES[emoji[1]]}{' ' * bool(after.strip())}"
