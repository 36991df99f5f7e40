"""The style sheets are small, ask nobody else for anything, and can be read in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "server/static"
STYLE_SHEETS = {"kith.css": 28_000, "moderation.css": 6_000}
"""Each with the bytes that it may have; the second one comes on the staff's pages alone, after the first."""
TEXT, LARGE_OR_GRAPHIC = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11."""

READ = [
    ("ink", ground) for ground in ("paper", "card", "sunken", "accent-soft", "amber-soft", "danger-soft")
] + [
    ("quiet", "paper"), ("quiet", "card"), ("quiet", "sunken"), ("quiet", "accent-soft"),
    ("accent", "paper"), ("accent", "card"), ("accent", "sunken"), ("accent", "accent-soft"), ("accent", "amber-soft"),
    ("accent-strong", "paper"), ("accent-strong", "card"), ("accent-strong", "sunken"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("amber", "paper"), ("amber", "card"), ("amber", "sunken"), ("amber", "amber-soft"),
    ("danger", "paper"), ("danger", "card"), ("danger", "danger-soft"), ("on-danger", "danger"),
]  # fmt: skip
SEEN = [
    ("edge", "paper"), ("edge", "card"), ("amber-mark", "paper"), ("amber-mark", "card"), ("amber-mark", "sunken"),
    ("accent-strong", "paper"), ("accent-strong", "card"), ("accent-strong", "sunken"), ("danger", "card"),
]  # fmt: skip


def rules() -> str:
    return re.sub(r"/\*.*?\*/", "", "".join((STATIC / name).read_text() for name in STYLE_SHEETS), flags=re.DOTALL)


def colours_of(selector: str) -> dict[str, str]:
    """Read the colours that the first block of a selector sets."""
    block = re.search(re.escape(selector) + r"\s*{([^}]*)}", rules())
    assert block, selector
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", block[1]))


LIGHT = colours_of(":root")
DARK = colours_of(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Compute the ratio that WCAG defines."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ, ids="-on-".join)
def test_text_can_be_read(theme, text, ground):
    assert contrast(theme[text], theme[ground]) >= TEXT


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN, ids="-on-".join)
def test_edges_marks_and_focus_can_be_seen(theme, mark, ground):
    assert contrast(theme[mark], theme[ground]) >= LARGE_OR_GRAPHIC


def test_both_ways_into_the_dark_theme_give_the_same_colours():
    assert colours_of(':root:not([data-theme="light"])') == DARK


def test_both_themes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()


def test_every_custom_property_in_use_is_defined():
    used, defined = set(re.findall(r"var\(--([a-z-]+)", rules())), set(re.findall(r"--([a-z-]+):", rules()))
    assert used <= defined


def test_colours_are_named_once():
    """A colour outside the custom properties would be wrong in one of the themes; a QR code is always on white."""
    outside = re.sub(r":root[^{]*{[^}]*}", "", rules())
    assert re.findall(r"#[0-9a-f]{3,8}\b", outside) == ["#fff"]


@pytest.mark.parametrize(("name", "most"), STYLE_SHEETS.items())
def test_each_style_sheet_is_small(name, most):
    assert (STATIC / name).stat().st_size < most


def test_the_style_sheets_ask_nobody_for_anything():
    assert not re.search(r"@import|@font-face|url\(|https?:(?!\"\])", rules().replace('a[href^="http"]', ""))


def test_directions_are_logical():
    assert not re.search(
        r"(?<!area-)(?:margin|padding|border|inset)-(?:left|right|top|bottom)|[ ;](?:left|right|top|bottom):", rules()
    )


@pytest.mark.parametrize(
    "question",
    [
        "prefers-color-scheme: dark",
        "prefers-reduced-motion",
        "prefers-contrast: more",
        "forced-colors: active",
        "print",
    ],
)
def test_other_ways_of_seeing_are_answered(question):
    assert re.search(r"@media [^{]*" + re.escape(question), rules())


def test_nothing_moves_unless_motion_is_welcome():
    motion = re.search(r"@media \(prefers-reduced-motion: no-preference\) {(?:[^{}]|{[^}]*})*}", rules())
    assert motion
    assert not re.search(r"transition|animation|scroll-behavior", rules().replace(motion[0], ""))
