"""Handles: the names that members go by. One is suggested; another may be chosen, if it gives nobody away."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Final

from models.database import fetch
from server.errors import KithError

SHORTEST, LONGEST = 3, 30
LOWEST_NUMBER, HIGHEST_NUMBER = 10, 999
DIGITS_OF_A_PHONE_NUMBER = 7
SUGGESTIONS_AT_ONCE = 8

ADJECTIVES: Final = tuple(
    """
    admiring agreeable airy alpine amber amiable ample amused artful attentive autumnal azure balmy beaming blithe
    blooming bookish breezy bright brisk bubbling buoyant calm candid caring carefree cheerful cheery clever coastal
    comfy coral cosmic courteous creative crimson curious dancing dapper daring dashing dewy diligent dreamy eager
    earnest easygoing elegant evergreen fabled fair fearless festive fluffy fond frank friendly gallant generous
    gentle giggling glad gleaming glowing golden graceful grateful happy hearty helpful honest hopeful humming
    inventive jaunty jolly jovial joyful keen kind kindly lilac lively loyal lucid lunar mellow merry mindful mirthful
    misty modest moonlit mossy musical neat nimble noble olive open patient peaceful pearly playful pleasant plucky
    poetic polite proud quick quiet radiant ready restful rosy rustic sandy scarlet serene shining silken silver
    sincere singing smiling snug sociable soft sparkling spirited spry starry steady stellar sunlit sunny tactful
    teal tender thankful thoughtful tidy tranquil trusty truthful upbeat velvet vivid warm wandering welcoming
    whistling winsome wise witty woodland
    """.split()
)

ANIMALS: Final = tuple(
    """
    alpaca antelope armadillo auk avocet badger beagle beetle bilby bison blackbird bluebird bobcat bullfinch bumblebee
    bunny bunting butterfly capybara caribou cat chaffinch chamois cheetah chickadee chinchilla chipmunk cicada
    coati collie corgi cormorant cricket curlew deer dolphin dormouse dove dragonfly duck duckling dunlin eagle
    echidna egret eider elk falcon fawn fieldfare finch firefly flamingo foal fox gannet gazelle gecko gibbon giraffe
    goldfinch goldfish grasshopper grebe gull hamster hare hedgehog honeybee hoopoe hummingbird ibex ibis iguana
    impala jackdaw jay jerboa kangaroo kestrel kingfisher kitten kiwi koala kookaburra ladybird lamb lapwing lark
    lemur leopard linnet llama lorikeet lynx macaw magpie mallard manatee marmot marten meerkat minnow mongoose
    moorhen moose moth narwhal newt nightingale numbat nuthatch ocelot okapi oriole osprey otter owl oyster
    panda pangolin parakeet partridge pelican penguin petrel pheasant pika pipit platypus plover porcupine porpoise
    puffin quail quokka rabbit raccoon ray redstart reindeer robin sable salmon sandpiper seahorse seal serval siskin
    skylark snail sparrow spoonbill squirrel starfish starling stoat swan swift tamarin tapir terrier toucan
    tortoise treefrog turtle vole wagtail wallaby walrus warbler waxwing wolf wombat woodpecker wren yak zebra
    """.split()
)

_RESERVED = (
    "admin administrator moderator mod kith staff clinician doctor nurse therapist counsellor counselor helpline "
    "support official system"
).split()
_RESERVED_WORD = re.compile(f"(?:(?:{'|'.join(_RESERVED)})s?)+")
_SHAPE = re.compile("[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_NAME_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BIRTH_YEAR = re.compile(r"(?<!\d)(?:19[3-9]\d|200\d|201[0-5])(?!\d)")
_MAIL_ADDRESS = re.compile(
    r"@|(?:^|[-_])at[-_].*[-_](?:com|net|org|edu|gov|info|co|uk|de|fr)(?:[-_]|$)"
    r"|gmail|hotmail|icloud|protonmail|outlook|yahoo",
    re.IGNORECASE,
)
_LOOK_LIKE_LETTERS = str.maketrans("01345", "oieas")


class HandleNotAllowed(KithError, ValueError):
    """A handle that cannot be taken, with a kind word about why."""

    status = 422
    title = "Please take another name"


async def suggest_handle(rng: random.Random | None = None) -> str:
    """Return a handle that nobody has yet, such as ``quiet-otter-41``."""
    composed = [compose_handle(rng or random.SystemRandom()) for _ in range(SUGGESTIONS_AT_ONCE)]
    taken = {row["handle_key"] for row in await fetch("SELECT handle_key FROM member WHERE handle_key = ANY($1)", composed)}
    # With every one of them taken, joining says so and suggests again.
    return next((handle for handle in composed if handle not in taken), composed[0])


def compose_handle(rng: random.Random) -> str:
    """Put an adjective, an animal and a number together."""
    number = rng.randint(LOWEST_NUMBER, HIGHEST_NUMBER)
    return f"{rng.choice(ADJECTIVES)}-{rng.choice(ANIMALS)}-{number}"


def check_handle(text: str) -> str:
    """Return ``text`` as the handle that is stored: trimmed, in the plain form of its letters and digits.

    Raises: HandleNotAllowed.
    """
    handle = unicodedata.normalize("NFKC", text).strip()
    if refusal := _refusal(handle):
        raise HandleNotAllowed(refusal)
    return handle


def _refusal(handle: str) -> str | None:
    """Say why a handle cannot be taken; ``None`` where it can."""
    if _MAIL_ADDRESS.search(handle):
        return "This looks like an e-mail address. Please take a name that nobody can write to: it keeps you safe here."
    if not SHORTEST <= len(handle) <= LONGEST:
        return f"Please take a name of {SHORTEST} to {LONGEST} characters."
    if not _SHAPE.fullmatch(handle):
        return "Please use the letters a to z, digits, hyphens and underscores, with a letter or digit at both ends."
    if sum(sign.isdigit() for sign in handle) >= DIGITS_OF_A_PHONE_NUMBER:
        return "This looks like a phone number. Please take a name with fewer digits, so that nobody can find you by it."
    if _BIRTH_YEAR.search(handle):
        return "This looks like a year of birth. Please take another number, so that nobody can find you by it."
    if _speaks_for_the_team(handle):
        return "This name could be taken for one of the people who run this place. Please take another."
    return None


def _speaks_for_the_team(handle: str) -> bool:
    """Tell whether a word of the handle is one that the team goes by, also with digits that look like letters."""
    readings = (handle, handle.translate(_LOOK_LIKE_LETTERS))
    words = (word.lower() for reading in readings for word in _NAME_WORD.findall(reading))
    return any(_RESERVED_WORD.fullmatch(word) for word in words)
