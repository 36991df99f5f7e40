"""What a password must be: long enough, and not the first thing that a stranger would try (NIST SP 800-63B, 5.1.1)."""

from __future__ import annotations

import re
import unicodedata

SHORTEST, LONGEST = 10, 200

STEMS = (
    "password", "passwort", "passw0rd", "qwerty", "qwertz", "azerty", "letmein", "iloveyou", "welcome", "sunshine",
    "princess", "football", "baseball", "superman", "batman", "trustno1", "dragon", "monkey", "shadow", "master",
    "michael", "jordan", "charlie", "liverpool", "arsenal", "chelsea", "computer", "internet", "whatever", "starwars",
    "pokemon", "samsung", "google", "facebook", "instagram", "snapchat", "linkedin", "minecraft", "administrator",
    "admin", "changeme", "default", "secret", "abc123", "a1b2c3d4", "zaq12wsx", "1q2w3e4r", "1qaz2wsx", "q1w2e3r4",
    "asdfghjkl", "zxcvbnm", "kith", "forum", "recovery", "sobriety",
)  # fmt: skip
"""What the commonest passwords are made of."""

RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm",
        "1qaz2wsx3edc4rfv5tgb6yhn")  # fmt: skip


def password_problem(password: str, *, handle: str) -> str:
    """Say in a sentence why a password is not good enough; empty when it is."""
    if len(password) < SHORTEST:
        return f"Please take at least {SHORTEST} characters. A few words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"Please take at most {LONGEST} characters."
    plain = unicodedata.normalize("NFKC", password).lower()
    if handle.lower() in plain:
        return "Please take one without your name in it: everybody can see that name."
    if _is_common(plain):
        return "This is one of the first passwords that a stranger would try. Please take another."
    return ""


def _is_common(plain: str) -> bool:
    letters = re.sub(r"[^\w]|_", "", plain)
    if len(set(letters)) <= 3 or any(letters in run * 2 for run in RUNS):
        return True
    # A common word, whether or not it is repeated, with nothing but digits around it.
    core = letters.strip("0123456789")
    return any(letters == stem or (core != "" and core.replace(stem, "") == "") for stem in STEMS)
