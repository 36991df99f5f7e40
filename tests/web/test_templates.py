"""Templates hold nothing that the Content-Security-Policy would refuse, and ask nobody else for anything."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from server.web.kept import WRITTEN
from server.web.pages import template_environment

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = REPOSITORY / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "export" not in path.parts)
"""What lies in `export` goes into a file that members take with them; it is no page of ours."""

FORBIDDEN = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline handler": r"<[^>]*\son[a-z]+\s*=",
    "an htmx handler that needs eval": r"\shx-on\b|\shx-vals\s*=\s*[\"']js:|\shx-headers\s*=\s*[\"']js:",
    "a javascript address": r"javascript:",
    "a script, style sheet, picture or form of somebody else": r"<(?:script|link|img|iframe|form)\b[^>]*(?:https?:)?//",
}


def named(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def test_there_are_templates_to_look_at():
    assert TEMPLATES / "base.html" in PAGES


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    found = {}
    for path in [*PAGES, REPOSITORY / "server/static/offline.html"]:
        comments_apart = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
        found |= {path.name: re.findall(FORBIDDEN[what], comments_apart, flags=re.IGNORECASE)}
    assert not {name: offences for name, offences in found.items() if offences}


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_template_compiles(path):
    assert template_environment().get_template(named(path))


def test_templates_are_not_read_again_while_kith_runs():
    opened: list[str] = []

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(str(TEMPLATES)):
            opened.append(str(arguments[0]))

    sys.addaudithook(note)
    assert template_environment().get_template("base.html")
    assert opened == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_form_that_posts_carries_a_form_token(path):
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), flags=re.DOTALL):
        assert "csrf_input | safe" in form


def test_words_of_every_field_are_kept_where_a_form_fails():
    """A long field that is not among them would be lost with the session."""
    fields = {
        name for file in TEMPLATES.rglob("*.html") for name in re.findall(r'textarea\("(\w+)"', file.read_text("utf-8"))
    }
    assert fields - {"draft"} <= set(WRITTEN)
