"""Foreign languages are noticed; English stays English, however it is spoken or spelled."""

from __future__ import annotations

import json

import pytest

from tests.support.growth import grows_with_its_length
from triage.language import read_language
from triage.legibility import why_unreadable
from triage.rules import screen
from triage.scales import Severity
from triage.sentences import split_sentences
from triage.training.functional import FILE

FOREIGN = [
    ("Ich weiß nicht mehr, wie ich das schaffen soll.", "de"),
    ("No sé qué hacer, me siento muy sola desde que se fue.", "es"),
    ("Je ne dors plus et je pleure tous les jours.", "fr"),
    ("Nie mogę spać od tygodnia i nikt mnie nie rozumie.", "pl"),
    ("Мне очень плохо, я не сплю.", "ru"),
    ("我已经三天没睡了", "zh"),
    ("لا أستطيع النوم منذ أيام", "ar"),
]
ENGLISH = [
    "ah cannae sleep an ma heid's mince the day",
    "bruh im so tired fr fr no cap",
    "Since two months I am not sleeping good, my doctor he say wait.",
    "Abeg make una pray for me, I no fit sleep since Monday, e no easy.",
    "cnt slp agn 2nite pls sm1 tlk 2 me",
    "lol",
    "help",
    "My abuela made caldo and I felt human again, gracias to her.",
    "Y'all ain't gonna believe this",
    "Lamotrigine titration week three, urticaria, pruritus, insomnia.",
    "Pregabalin 150mg bd, duloxetine 60mg od, omeprazole 20mg om",
    "Sertraline, propranolol, omeprazole, codeine, gabapentin, lithium, insulin.",
    "cnt slp agn, brn fog hella bad smh",
]


@pytest.mark.parametrize(("text", "code"), FOREIGN)
def test_other_language_is_named(text: str, code: str) -> None:
    language = read_language(text)
    assert (language.code, language.supported) == (code, False)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_in_any_dress_is_supported(text: str) -> None:
    assert read_language(text).supported


@pytest.mark.parametrize(
    "cry",
    [
        "me voy a matar",
        "me voy a suicidar",
        "Esta noche me mato",
        "MI AMMAZZO STASERA",
        "ich will mich umbringen",
        "anh muon chet",
        "vou me matar",
        "nie chce juz zyc",
        "kendimi oldurecegim bu gece",
        "死にたい",
        "я умру",
        "⠊⠀⠺⠁⠝⠞⠀⠞⠕⠀⠙⠊⠑",
        "я умру сегодня ночью. прощайте",
        "me voy a matar esta noche, ya tengo las pastillas",
        "今夜死にます。さようなら。",
    ],
)
@pytest.mark.parametrize("before", ["", "Hi all, thanks so much for the kind words, they meant a lot to my family. "])
def test_short_cry_in_another_language_is_noticed_alone_and_among_english(cry: str, before: str) -> None:
    assert not read_language(before + cry).supported


@pytest.mark.parametrize(
    "cry", ["me voy a matar", "je vais me suicider", "vou me matar", "mi ammazzo stasera", "ich will mich umbringen"]
)
def test_cry_in_a_neighbouring_language_is_urgent(cry: str) -> None:
    assert [hit.severity for hit in screen(cry)] == [Severity.RED]


@pytest.mark.parametrize(
    "text",
    [
        "C\u2019est la vie.",
        "Que sera, sera!",
        "Inshallah",
        "Guten Morgen everyone",
        "Muchas gracias.",
        "La la la la",
        "Sertraline, mirtazapine, quetiapine.",
        "Ibuprofen paracetamol codeine",
        "Ah cannae thole it",
        "Abeg wetin dey happen",
        "ngl tbh idk",
        "Kindly revert back only",
        "lol wtf bruh",
        "so do I",
        "(づಠ益ಠ)づ rough one",
        "rough day ¯\\_(ツ)_/¯",
        "Dr. O'Brien",
        "https://www.example.es/quiero/mas/noche",
    ],
)
def test_borrowed_words_and_loose_spelling_stay(text: str) -> None:
    assert read_language(text).supported
    assert read_language(f"Hi all, thanks for the kind words yesterday. {text}").supported


@pytest.mark.parametrize(
    "text",
    [
        "Subah se kuch bhi accha nahi lag raha, bas rona aata hai mujhe.",
        "Enna seiyarathunu theriyala, romba kashtama irukku inniku muzhukka.",
        "Main suicide karna chahta hoon, ab aur nahi hota yaar, doctor bola depression.",
    ],
)
def test_language_in_borrowed_letters_goes_to_a_person(text: str) -> None:
    assert not read_language(text).supported


def test_functional_set_is_told_apart() -> None:
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    wrong = [row["text"] for row in rows if read_language(row["text"]).supported == (row["kind"] == "other-languages")]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("asdkjh qwlekj zxmcnb lkjsdf", "gibberish"),
        ("aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3Qgb2YgYmFzZTY0IHRleHQ", "encoded"),
        ("#### $$$$ %%%% ^^^^ &&&& ****", "symbols"),
        ("## 1 $$$$ %%%% 2 ^^^^ &&&& ****", "symbols"),
        ("i want to d" + "i" * 60 + "e", "encoded"),
        ("\u200b" * 20, "symbols"),
        ("tonight i will end my life with the pills i saved".replace(" ", "\u200b"), "glued"),
        ("Nice day. iwilljumpoffthebridgeatmidnight", "glued"),
        ("iamgoingtokillmyselftonight", "glued"),
        ("ihavetakenallmypillsandwillbedeadsoon, sorry", "glued"),
        ("i will jump off the bridge tonight".replace(" ", "\u00ad"), "glued"),
    ],
)
def test_what_is_no_language_is_unreadable(text: str, why: str) -> None:
    assert why_unreadable(text) == why


@pytest.mark.parametrize(
    "text",
    [
        "Day 3\n" + "-" * 60 + "\nStill here.",
        "It is [here](https://example.org/" + "a" * 60 + ")",
        "I read about methylenedioxymethamphetamine and hexakosioihexekontahexaphobia.",
        "A Rechtsschutzversicherungsgesellschaft and my Krankenversicherungsnummer, his Meeresfruechteallergietherapie",
        "hahahahahahahahahahahahahahahaha and hehehehehehehehehehehehehehehe, sooooooooooooooooooooooooooooooooo good",
        "antidisestablishmentarianism, supercalifragilisticexpialidocious, Taumatawhakatangihangakoauauotamatea",
        "#itisokaynottobeokayeveryday and @iwasheretheotherdaywithyou",
        "whatiwanttosaytothedoctor.pdf is on theplacewherewetalkaboutit.org, iamstillhereandwaitingforyou@mail.org",
        "BP: 120/80, 118/79, 125/82, 130/85, 141/90",
        "Sugars 5.6 7.8 6.1 9.0 10.2 5.5 4.9",
        "36.9, 37.4, 38.1 / 37.9 / 36.8; 36.6",
        *("A" + "h" * 60, "Ahhhhhhhhhhhhhhhhhh", "a" * 45, "Brrrrrrrrrrrrrrrrrrrrrrr", "ha" * 30),
        "sdkfjhskdjfhskjdfhskjdhfksjdhf, sorry, the cat walked over the keys",
        *("lol", "<3 <3 <3", "😭" * 12, "HELP ME PLEASE", "hmm", "Rhythm and myths", "07 / 11"),
    ],
)
def test_what_people_write_is_readable(text: str) -> None:
    assert why_unreadable(text) is None


def test_sentences_are_found_in_the_text_as_it_was_written() -> None:
    text = "I saw Dr. Lee today.  She was kind!\n\n- first thing\n- second thing; really"
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "I saw Dr. Lee today.",
        "She was kind!",
        "- first thing",
        "- second thing",
        "really",
    ]


def test_text_without_any_stop_is_cut_into_pieces() -> None:
    text = "and then i went home and " * 60
    spans = split_sentences(text)
    assert len(spans) > 5
    assert "".join(text[start:end].replace(" ", "") for start, end in spans) == text.replace(" ", "")


@pytest.mark.parametrize("unit", ["a. ", "я умру. ", "me voy. ", "a" * 30, "\u2801"])
def test_language_of_ten_times_the_length_is_told_in_ten_times_the_time(unit: str) -> None:
    assert grows_with_its_length(read_language, unit, 2_000)


@pytest.mark.parametrize("unit", ["a", "a" * 30 + "1", "a\u200b", "the", "ha", "a" * 30 + "."])
def test_ten_times_the_length_is_read_in_ten_times_the_time(unit: str) -> None:
    assert grows_with_its_length(why_unreadable, unit, 20_000)
