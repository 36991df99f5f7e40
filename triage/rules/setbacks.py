"""A slip or a fresh loss, told in plain words: nobody is in danger, and a kind word should not be left out."""

from __future__ import annotations

from triage.rules.rule import Rule, rule
from triage.scales import Severity

RULES: tuple[Rule, ...] = (
    rule(
        "relapse",
        "Tells of a relapse or a slip.",
        """
        i ~2 relapsed ~4 today|yesterday|tonight|again|weekend|week
        i ~2 relapsed ~4 last night
        i ~2 relapsed ~2 on|after ~4
        i ~1 relapsed $
        ^ ~1 relapsed ~4 today|yesterday|tonight|again|after|on
        i ~2 drank|used|gambled|smoked ~3 last night ~6 days|months|weeks|years|again|ashamed|sober|clean|streak
        ^ ~1 drank ~1 last night $
        ^ ~1 drank again
        i ~2 drank again
        i ~2 slipped ~1 up|again|last|on|yesterday
        ^ ~1 slipped ~1 up|again|last|on|yesterday
        i ~2 fell off ~1 wagon
        back to|on|at day 1|one|zero
        day 1|one|zero again
        ^ ~1 resetting|reset my ~2 counter|badge|day|clock
        """,
        unless="""
        if|when|whenever|before|since|until i ~2 relapse|relapsed|drank|slipped, never relapsed, not relapsed, last year|summer|winter|time, nearly|almost relapsed, years ago, used to, in 19*|20*, <somebody> ~2 relapsed|drank|slipped
        ice, stairs, pavement, bath, disc, mind, my phone|foot|tongue, out of my, ms, crohn, lupus, cancer, symptoms, flare, you, your, do not ~2 panic, day one of|at, school, project, game
        """,
        severity=Severity.AMBER,
    ),
    rule(
        "slip-and-shame",
        "Tells of drinking, using or gambling, and of shame or days that are lost.",
        """
        i ~2 drank|drunk|used|smoked|gambled|binged|purged|vaped ~4 last night
        i ~2 drank|drunk|used|smoked|gambled|binged|purged|vaped ~4 today|yesterday|tonight|again|<day>
        i ~1 had a|one|two|some|6|six drink|drinks|beer|beers|wine|whisky
        had a|one|two|some|6|six drink|drinks|beer|beers
        back on the cigs|smokes|drink|booze|weed|gear|slots
        put ~5 on|through|into the machine|machines|slots
        put ~5 through one
        """,
        """
        ashamed, shame, guilt, guilty, sponsor, day 1|one|zero, days|weeks|months|years gone|sober|clean|off, streak, relapse, disappointed, blew it, let ~2 down, first time since, back to zero
        i feel ~3 low|sick|awful|terrible|bad|like, my ~1 promise, start over|again
        """,
        reach=1,
        unless="""
        used to, if i, when i, whenever, before i, years ago, since i, <somebody> ~1 drank|used|smoked, never, not ~3 drink|drank|used|smoke, was in|at ~2 school|college, you, your, my dream
        """,
        severity=Severity.AMBER,
    ),
    rule(
        "fresh-loss",
        "Tells of a death that is fresh.",
        """
        my|our ~3 <kin> ~1 died|passed|dies ~4 last|this week|night|month|morning|weekend
        my|our ~3 <kin> ~1 died|passed ~4 yesterday|today|<day>
        my|our ~3 <kin> ~2 took|ended his|her|their ~1 life
        my|our ~3 <kin> killed himself|herself|themselves
        i|we ~1 lost my|our ~2 <kin> ~4 last|this week|night|month|morning|weekend
        i|we ~1 lost our|my ~1 baby
        i|we ~1 buried my|our|him|her ~5 last|yesterday|today|week|<day>
        """,
        unless="years ago, year ago, decades, if, phone, car, laptop, when i was, told help*, coach, <he> died in 19*|20*",
        severity=Severity.AMBER,
    ),
)
