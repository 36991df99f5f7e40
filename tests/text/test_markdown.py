"""How a post is shown: what becomes an element, what stays text, and where links lead."""

from __future__ import annotations

import re
import time
import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from server.text.markdown import LINK_RELATIONS, excerpt, render

LONGEST_POST = 20_000
ALLOWED = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "span"}
MARKS = st.text(alphabet=st.sampled_from("ab \n*_[]()<>!#-+1.`~|\\&\"'@:/\t\xe9\ud800\x00"), max_size=60)
HOSTILE = st.lists(
    st.sampled_from(
        [
            "<script>",
            "[x](",
            ")",
            "https://a.org",
            "javascript:",
            "<a href='",
            "\n> ",
            "\n- ",
            "**",
            "&lt;",
            "data:",
            '"',
            "\n\n",
        ]
    ),
    max_size=12,
).map("".join)


def link(address: str, words: str) -> str:
    return f'<a href="{address}" rel="{LINK_RELATIONS}">{words}</a>'


def with_host(address: str, words: str, host: str) -> str:
    return f'{link(address, words)} <span class="host">({host})</span>'


def paragraph(content: str) -> str:
    return f"<p>{content}</p>\n"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one *two* **three** _four_", "<p>one <em>two</em> <strong>three</strong> <em>four</em></p>\n"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
        ("snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>\n"),
        (r"\*not this\*", "<p>*not this*</p>\n"),
        ("", ""),
    ],
)
def test_the_small_markdown(written: str, shown: str):
    assert render(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "# a heading",
        "    indented",
        "---",
        "```",
        "| a | b |",
        "~~gone~~",
        "`code`",
        "[ref]: there",
        "a@b.org",
        "www.a.org",
    ],
)
def test_what_is_no_part_of_it_stays_text(written: str):
    assert render(written) == paragraph(written.strip())


def test_html_is_shown_as_it_was_typed():
    assert render("<b onclick=x>&amp;</b>") == paragraph("&lt;b onclick=x&gt;&amp;amp;&lt;/b&gt;")


def test_an_image_becomes_a_link_to_it():
    assert render("![me](https://a.org/i.png)") == paragraph("!" + with_host("https://a.org/i.png", "me", "a.org"))


def test_the_line_after_a_quote_is_the_authors_own():
    assert render("> said\nmine") == "<blockquote>\n<p>said</p>\n</blockquote>\n<p>mine</p>\n"


def test_quotes_nest_three_deep_and_deeper_ones_stay_text():
    shown = render("> one\n>> two\n>>> three\n>>>> four")
    assert shown.count("<blockquote>") == 3
    assert "&gt; four" in shown


def test_items_nested_too_deep_keep_their_text():
    shown = render("".join("  " * depth + f"- level{depth}\n" for depth in range(12)) + "\n- back")
    assert shown.count("<ul>") == 4
    assert all(f"level{depth}" in shown for depth in range(12))
    assert shown.endswith("<li>\n<p>back</p>\n</li>\n</ul>\n")
    assert "level4</p>\n<p>- level5" in shown


def test_a_diary_of_a_thousand_lines_is_still_a_list():
    assert render("- 5.6 at noon\n" * 1_000).count("<li>") == 1_000


def test_the_result_is_marked_safe_for_templates():
    assert isinstance(render("<i>"), Markup)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[NHS page](https://nhs.uk/x)", with_host("https://nhs.uk/x", "NHS page", "nhs.uk")),
        ('[t](https://a.org "a title")', with_host("https://a.org", "t", "a.org")),
        ("[**b**](http://a.org)", with_host("http://a.org", "<strong>b</strong>", "a.org")),
        ("[https://nhs.uk](https://evil.org)", with_host("https://evil.org", "https://nhs.uk", "evil.org")),
        ("[nhs.uk/x](https://nhs.uk/x)", link("https://nhs.uk/x", "nhs.uk/x")),
        ("[](https://a.org/)", link("https://a.org/", "https://a.org/")),
        ("<https://a.org/x>", link("https://a.org/x", "https://a.org/x")),
        (
            "https://a.org:8080/x?a=1&b=2#c",
            link("https://a.org:8080/x?a=1&amp;b=2#c", "https://a.org:8080/x?a=1&amp;b=2#c"),
        ),
        ("see https://a.org/x.", "see " + link("https://a.org/x", "https://a.org/x") + "."),
        ("(https://a.org/b_(c))", "(" + link("https://a.org/b_(c)", "https://a.org/b_(c)") + ")"),
        ("*https://a.org/x*", "<em>" + link("https://a.org/x", "https://a.org/x") + "</em>"),
        ("[no address]()", "no address"),
    ],
)
def test_links_show_where_they_lead(written: str, shown: str):
    assert render(written) == paragraph(shown)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
        "vbscript:x", "//evil.org", "/join", "mailto:a@b.org",
        "tel:123", "ftp://a.org", "https:a.org", "https://", "https://localhost", "https://[::1]/", "https://a@b.org",
        "https://a:b@c.org", "https://%65vil.org", "https://evil.org\\\\@nhs.uk", "https://a.org:x", "https://a..org",
        "https://" + "a" * 64 + ".org", "https://a.org/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_every_other_address_stays_text(address: str):
    shown = render(f"[words]({address})")
    assert "<a" not in shown
    assert "words" in shown


@pytest.mark.parametrize(
    "text", ["https://a@b.org", "http://localhost", "https://%65vil.org", "xhttps://a.org", "https://"]
)
def test_not_everything_after_a_scheme_becomes_a_link(text: str):
    assert render(text) == paragraph(text)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("m\xfcnchen.de", "m\xfcnchen.de"),
        ("\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444"),
        ("n\u0430twest.com", "xn--ntwest-3nf.com"),
        ("\u0430\u0440\u0440\u04cf\u0435.com", "xn--80ak6aa92e.com"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("NHS.UK", "nhs.uk"),
        ("\uff4e\uff48\uff53.uk", "nhs.uk"),
        ("\u4f8b\u3048.jp", "xn--r8jz45g.jp"),
        ("nhs.uk.", "nhs.uk"),
    ],
)
def test_hosts_of_mixed_scripts_are_shown_in_punycode(host: str, shown: str):
    assert f'<span class="host">({shown})</span>' in render(f"[words](https://{host}/)")


def test_an_imitated_host_is_shown_even_where_the_address_is_the_text():
    assert "(xn--ntwest-3nf.com)" in render("https://n\u0430twest.com")


@pytest.mark.parametrize(
    "address",
    [
        "https://kith.example/leave", "HTTP://KITH.example:80/Leave/", "https://kith.example/%6c%65ave?x=1#y",
        "https://kith.example./leave/", "https://kith.example//leave", "https://kith.example/x/%2e%2e/leave",
        "https://\uff4bith.example/./leave",
    ],
)  # fmt: skip
def test_address_by_which_people_leave_is_no_link(address: str):
    assert render(f"see {address} now", "kith.example") == paragraph(f"see {address} now")
    assert render(f"[a poem]({address})", "kith.example") == paragraph("a poem")
    assert "<a" not in render(f"<{address}>", "kith.example")


@pytest.mark.parametrize(
    "address", ["https://kith.example/leaves", "https://kith.example/help?leave", "https://other.example/leave"]
)
def test_other_addresses_here_and_elsewhere_stay_links(address: str):
    assert f'href="{address}"' in render(address, "kith.example")


@settings(max_examples=600, deadline=None)
@given(MARKS | HOSTILE | st.text())
def test_whatever_is_written_only_known_elements_come_out(text: str):
    shown = render(text)
    assert set(re.findall(r"<([a-z0-9]+)", shown)) <= ALLOWED
    assert set(re.findall(r'href="([a-z]+:)', shown)) <= {"http:", "https:"}
    assert shown.count("<a href=") == shown.count(f'rel="{LINK_RELATIONS}"')


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab19 \n*_>-#.+"), max_size=80))
def test_no_letter_is_ever_lost(text: str):
    shown = re.sub(r"<[^>]*>", "", render(text))
    assert re.sub("[^ab]", "", shown) == re.sub("[^ab]", "", text)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("**Day 45** and [still](https://a.org) _here_", 160, "Day 45 and still here"),
        ("> she said\n\nmine", 160, "mine"),
        ("> she said", 160, "she said"),
        ("- one\n- two\n\nthree", 160, "one two three"),
        ("one two three four", 12, "one two\u2026"),
        ("one two three four", 18, "one two three four"),
        ("one, two", 6, "one\u2026"),
        ("x" * 50, 10, "x" * 9 + "\u2026"),
        ("a < b & c", 160, "a < b & c"),
        ("", 160, ""),
    ],
)
def test_an_excerpt_is_plain_and_cut_at_a_word(text: str, limit: int, short: str):
    assert excerpt(text, limit) == short


def test_an_excerpt_keeps_an_emoji_whole():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert excerpt("x" * 8 + family + "y" * 10, 12) == "x" * 8 + "\u2026"


@given(st.text(max_size=400), st.integers(min_value=5, max_value=200))
def test_an_excerpt_is_one_line_within_its_limit(text: str, limit: int):
    short = excerpt(text, limit)
    assert len(short) <= limit
    assert len(short.splitlines()) <= 1


@pytest.mark.parametrize(
    "flood",
    [
        "[", "*", ">", "_", "]", "(", "!", "<", "&", "\\",
        "- ", "> ", "1. ", "*a ", "**a ", "*a_", "[a](", "[](", "![", "<a",
        "https://", "https://a.org ", "https://a.org/(", "[x](https://a.org/) ", "> - ",
        ">\n", "-\n", "- a\n", "> a\n\n", "a\n",
        "*[", "[*", "***a**b*", "[\n", "[<", "*_",
        "**_**", "](", "[https://a.org/", "\U0001f600", "\n", "\t", "https://a.org/)",
    ],
)  # fmt: skip
def test_no_flood_of_signs_keeps_the_page_waiting(flood: str):
    text = (flood * LONGEST_POST)[:LONGEST_POST]
    least = min(timeit.repeat(lambda: render(text), timer=time.thread_time, number=1, repeat=3))
    # Far from the tenth of a second that the worst of them take, and farther from what a backtracking reader would.
    assert least < 1
