"""One line of a JSON Lines file as others write them: with a byte order mark, or with an emoji that was cut in half."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from typing import TypeVar

import msgspec

Form = TypeVar("Form")


def decode_line(line: bytes, form: type[Form]) -> Form:
    """Read a line in a form; half of a surrogate pair, as cutting a text in JavaScript leaves it, becomes "?".

    Raises: msgspec.DecodeError, UnicodeDecodeError, RecursionError.
    """
    line = line.removeprefix(BOM_UTF8)
    try:
        return msgspec.json.decode(line, type=form)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.json.decode(_with_whole_signs(line), type=form)


def _with_whole_signs(line: bytes) -> bytes:
    try:
        return json.dumps(json.loads(line), ensure_ascii=False).encode(errors="replace")
    except ValueError:
        return line
