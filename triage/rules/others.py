"""Somebody else may be about to end their life, or somebody is told to."""

from __future__ import annotations

from triage.rules.rule import Rule, rule
from triage.scales import Severity

RULES: tuple[Rule, ...] = (
    rule(
        "third-person-now",
        "Somebody else may be about to end their life.",
        """
        <somebody> ~3 text*|said|says|sent|posted|told|messaged|left|typed|saying|messages|writing|written ~6 goodbye|goodbyes
        <somebody> ~3 text*|said|says|told|messaged|saying|messages|threatening|threatens|threatened ~6 <kill-himself>
        <somebody> ~3 left|sent|posted|wrote|written ~4 suicide ~1 note|letter|message
        <somebody> ~2 left a note
        <somebody> ~3 said|says|saying|told|texted|wrote|posted|text ~3 i am ~1 going to|ending ~2 <kill-myself>
        <somebody> ~3 said|says|saying|told|texted|wrote|posted ~4 i will be dead|gone
        <somebody> is|s ~2 going|about|threatening|trying|planning to ~1 <kill-himself>
        <somebody> is|s ~1 on|at ~1 roof|bridge|ledge|tracks
        <somebody> is|s ~1 about|going to jump
        <somebody> says|said ~1 <he> is|s|will ~1 do|doing|end|ending it|things ~1 tonight|today|now
        <somebody> has|s ~1 locked|barricaded ~3 bathroom|bedroom|room ~8 knife|pills|blade|razor|note|tablets
        i will not come out alive, <he> will not come out alive
        """,
        """
        now, tonight, today, just, phone ~2 off|dead|voicemail, not answering|picking|replying|answer|pick|reply, stopped answering|replying, no answer, where <he> is, gone, missing, roof, bridge, ledge
        minutes|minute|hour|hours ago, not ~2 reach|find <him>, only know, what do i do, what can i do, last message|text, help, drove off, alone, door, knife, alive, rings out
        """,
        unless="""
        airport, wedding, party, goodbye kiss|drinks|cake|card|hug|lunch|present, on the fridge|door|desk|windscreen|table, teacher, milkman, recipe, shopping, sick note, thank you note, doctors note
        found <him> ~2 safe|time|alive, <he> <is> ~1 safe|ok|okay|fine|home, last|that week|month|year|summer|winter|christmas|time, died, funeral, years, buried, at school|nursery|work
        after ~1 show|concert|party|gig, train|flight|holiday|trip, months ago, weeks ago, got help, in hospital, had ~1 left|sent|written, visited, leaving to go
        """,
        reach=1,
    ),
    rule(
        "encourages-suicide",
        "Encourages somebody to end their life or to harm themselves.",
        """
        you ~2 should ~2 kill|end|hang yourself|yourselves|your
        better|nicer place if|without you ~1 died|dead|were
        just|go|please|should ~1 kill yourself
        ^ kill yourself
        ^ ~3 end your life|yourself ~2 already|now|then
        nobody|one would|will ?even miss|stop you
        nobody|one would|will ?even care if you ~1 died|die|dead|gone|were
        world is|would|will ~2 better ?off without you
        you are better off dead
        everyone is|would ~1 better off ~1 without you
        do everyone|us|world|yourself|everybody ~1 favour|favor and ~2 die|jump|kill|end
        suicide|dying is ~2 brave|beautiful|best|noble|honest|only ~1 choice|option|answer|decision
        cutting|starving is beautiful|art|good|pure|cleansing
        i know a|the ~1 peaceful|painless|easy|quick way
        i can tell|teach|show you how to ~2 die|kill|end
        stop calling ~2 hotlines|hotline|helplines|helpline ~3 and|do|go|just
        let us ~1 die|kill|end ~3 together
        just do it already|coward
        i hope you die|succeed
        i hope it works this time
        just ~1 take|swallow the ~1 pills|tablets already
        """,
        unless="""
        told|tells|telling|said|says|wrote|texted|messaged|called|calls|saying|yelled|shouted|screamed ~1 me|him|her|us|them|that|to|i|you|someone
        myself|i ~2 tell|tells|say|says|whisper|hear|keep, tell|tells|say|says|saying|telling ~2 myself
        he|she|they|people|someone|voice|voices|bully|bullies|ex|who|wrote|brain|mind|head ~1 say|says|said|tell|tells|told|wrote|write|writes
        do|please not, never, voice, voices, cigarette, smok*, ticket, if anyone|someone|anybody|somebody|people, what if, nobody should, in my head, my head|brain|mind|depression, thinking
        before you, want|urge|think|thinking|feel|feeling|feels|tempted|trying|going to kill yourself, instead of, how not to, not the, hurts, like|that|think|believe|feel|felt ~1 nobody|one|everyone|the, exam, hand
        """,
        severity=Severity.RED,
        may_be_quoted=True,
    ),
)

JOINING = """
    ^ ?and me too, ^ same ?here ?for ?me $, ^ same ?here ~2 tonight|tomorrow|<day>|plan, ^ i am in, ^ i will join, ^ count me in, ^ let us ~1 go|do
    ^ so am|will i, ^ with you ~3 $, ^ me as well, ^ together, ^ ditto, ^ i will too, ^ see you there, ^ wait for me, ^ shall we ~2 it|go
"""
"""A short answer that joins in with a post about dying."""

EGGING_ON = """
    ^ ~2 do it ~3 $, go on then, go for it, ^ go ahead, nobody cares, no one cares, ^ good riddance, good luck with it, get on with it, stop announcing
    no balls, ^ finally, do not chicken out, ^ hurry up, attention seek*, stop whining, take the hint, tick tock, go in peace, if you meant it
"""
"""A short answer that would be harmless elsewhere and pushes on under a post about dying."""
