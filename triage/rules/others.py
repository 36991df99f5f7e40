"""Somebody else may be about to end their life, or somebody is told to."""

from __future__ import annotations

from triage.rules.rule import Rule, rule
from triage.scales import Severity

_NOT_SAID_TO_READERS = """
    told|tells|telling|said|says|wrote|texted|messaged|called|calls|saying|yelled|shouted|screamed ~1 me|him|her|us|them|that|to|i|you|someone
    myself|i ~2 tell|tells|say|says|whisper|hear|keep, tell|tells|say|says|saying|telling ~2 myself
    he|she|they|people|someone|voice|voices|bully|bullies|ex|who|wrote|brain|mind|head ~1 say|says|said|tell|tells|told|wrote|write|writes
    do|please not, never, voice, voices, cigarette, smok*, ticket, if anyone|someone|anybody|somebody|people, what if, nobody should, my head|brain|mind|depression, thinking
    before you, want|urge|think|thinking|feel|feeling|feels|tempted|trying|going to kill yourself, instead of, how not to, not the, hurts, like|that|think|believe|feel|felt ~1 nobody|one|everyone|the, exam, hand
    suicide|dying is ~2 my, choice|option|answer|decision ~2 for me, i ~1 feel|think|believe|see|know ~2 suicide|dying is ~2 only|best ~1 option|choice|answer|decision !for|you
"""
"""Somebody else said it, or it was said of the author, or to keep from it."""

_REPORTED = """
    tell|tells|telling|told yourself ?that ?the $, ^ you ~1 said|say|wrote|think|thought|feel|felt|believe|believed ?like ?that ?the $, lie|untrue ?that ?the $, lies ?to ?you ?and ?when ?it ?says|said ?that ?the $
    convince|convinces|convinced|convincing you|us|me|people ?that ?the $, make|makes|made|making you|us|me|people ~1 think|believe|feel ?like ?that ?the $
"""
"""Right before a sign: what an illness or despair says, which the author does not."""

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
        airport, wedding, party, goodbye kiss|drinks|cake|card|hug|lunch|present, on the fridge|door|desk|windscreen|table, teacher, milkman, recipe, shopping, sick note, thank you note, doctor|doctors ?s note
        found <him> ~2 safe|time|alive, <he> <is> ~1 safe|ok|okay|fine|home, last|that week|month|year|summer|winter|christmas|time, died, funeral, years, buried, at school|nursery|work
        <leap>, after ~1 show|concert|party|gig, train|flight|holiday|trip, months ago, weeks ago, got help, in hospital, had ~1 left|sent|written, visited, leaving to go
        """,
        reach=1,
    ),
    rule(
        "encourages-suicide",
        "Encourages somebody to end their life or to harm themselves.",
        """
        you ~2 should ~2 kill|end|hang yourself|yourselves
        you ~2 should ~2 kill|end your ~1 life|lives !insurance|policy|chapter|story
        you ~2 should ~2 end your ~1 misery|suffering|pain
        better|nicer place if|without you ~1 died|dead|were
        just|go|please|should ~1 kill yourself
        ^ kill yourself
        ^ ~3 end your life|yourself ~2 already|now|then
        nobody would|will ?even miss you
        nobody would|will ?even care|notice if you|your ~1 died|die|dead|gone|were
        world is|would|will ~2 better ?off without you
        you|your|youd ?are|would|will ?all ?be better off dead
        everyone is|would ~1 better off ~1 without you
        do everyone|us|world|yourself|everybody ~1 favour|favor and ~2 die|jump|kill|end
        suicide|dying is ~2 brave|beautiful|best|noble|honest|only ~1 choice|option|answer|decision
        cutting|starving is beautiful|art|pure|cleansing
        cutting|starving is good !for|at
        cutting|starving is good for you|us|everyone|everybody|the|your
        i know a|the ~1 peaceful|painless way
        i can tell|teach|show you how to ~2 die|kill|end
        stop calling ~2 hotlines|hotline|helplines|helpline ~3 and|do|go|just
        let us ~1 die ~3 together
        let us ~1 kill ourselves
        let us ~1 end our life|lives
        just do it coward
        i hope you die
        just ~1 take|swallow the ~1 pills|tablets already
        """,
        unless=_NOT_SAID_TO_READERS,
        unless_before=_REPORTED,
        severity=Severity.RED,
        may_be_quoted=True,
    ),
    rule(
        "encourages-suicide",
        "Agrees that nobody would mind somebody's death.",
        """
        ^ correct|true|exactly|agreed $, ^ you are|were right $, and you are|were right, and it is|was true
        """,
        "nobody would|will ?even miss|care|notice, nobody cares, better ?off ~1 without you|dead",
        severity=Severity.RED,
        reach=1,
        may_be_quoted=True,
    ),
    rule(
        "encourages-suicide",
        "Urges somebody on, close to words about dying.",
        """
        just do it already
        """,
        "<dying>",
        unless=_NOT_SAID_TO_READERS,
        severity=Severity.RED,
        reach=1,
        may_be_quoted=True,
    ),
    rule(
        "encourages-suicide",
        "Wishes success, offers a way or joins in, close to words about dying.",
        """
        nobody would|will ?even stop you !from
        i know a|the ~1 easy|quick way
        let us ~1 kill|end ~3 together
        i hope you succeed
        i hope it works this time
        """,
        """
        die, dying, death, dead, kill|killing|hang yourself|myself|ourselves, end|ending your|my|our life|lives, end it all, suicide, suicidal, overdose
        """,
        unless=f"""
        {_NOT_SAID_TO_READERS}
        sober, clean, recover*, better, well, staying, therap*, antidepressant*, treatment, medicine, tablet, tablets, help, helps, i ~2 was|wanted|felt|tried|used|lost|overdosed, died, stigma, craving
        """,
        severity=Severity.RED,
        reach=1,
        may_be_quoted=True,
    ),
)

SPEAKS_OF_AUTHOR = """
    i feel|am ~2 alone|empty|worthless|hopeless|numb|broken|trapped|scared|ashamed|useless|desperate|lost, i can not ~1 go on|cope, i can not ~1 do|take|bear ~2 anymore, i can not ~1 live
    my only option|choice|way|hope|escape, cares about me, cares ~1 if|that|whether i, i hate myself, i ~1 hate my life, better ~1 off ~1 without me, i want it|this|everything to ~1 stop|end|be over, ending|end my life
"""
"""What people say of their own need: such a text is a cry for help, whatever else a rule finds in it."""

JOINING = """
    ^ ?and me too, ^ same ?here ?for ?me $, ^ same ?here ~2 tonight|tomorrow|<day>|plan, ^ i will join, ^ count me in, ^ let us ~1 go|do
    ^ so am|will i, ^ i am in ~1 tonight|tomorrow, ^ with you ~2 tonight|tomorrow, ^ me as well, ^ together, ^ ditto, ^ i will too, ^ see you there, ^ wait for me, ^ shall we ~2 it|go
"""
"""The first sentence of a short answer that joins in with a post about dying."""

JOINING_ALONE = "^ i am in ?too $, ^ with you ?too $"
"""What joins in where it is the whole answer."""

EGGING_ON = """
    ^ !you|i|we|they|will|help ~2 do it ~3 $, ^ do it ~3 watch|watching|waiting, ^ you ~1 should|must do it ~3 $, go on then, ^ go ahead, nobody cares !about, nobody cares about you !like|more|as, ^ good riddance, get on with it, stop announcing, no balls, ^ finally $
    ^ finally ~4 do|done|gone|over|dead|die|balls|peace|quiet, do not chicken out, ^ hurry up, attention seek*, stop whining, take the hint, tick tock, go in peace, if you meant it, you deserve to die
    nobody would|will ?even stop you !from
"""
"""A short answer that would be harmless elsewhere and pushes on under a post about dying."""

TAKEN_BACK = """
    not true ?that $, untrue|lie ?that $, feel|feels|felt|feeling ?as ?like ?if ?that $
    am|are|is|was|were not|never ?just|only $, ^ you think|believe ?that $, do|does|did not $, convince|convinces|convinced|convincing you ?that $
"""
"""Right before such words: they are denied, or what somebody feels."""

KIND = """
    ^ i|we ?really|all care ?about ?you !if|when, ^ ?and ?because you ?really|do|all deserve ~1 help|support|care|love|kindness
    ^ ?and ?because you ?really|do|all deserve to live|feel|heal|recover, ^ ?and ?because you ?really|do|all deserve to be heard|loved|safe|here|helped, ^ hurry up and get
"""
"""Sentences that make a cheer, or what may be meant for speaking to somebody, a kind one; not what only pushes on."""

GO_ON = """
    ^ hurry up and get ?some|a ?good ?proper rest|sleep|food|help|support|well|better
    ^ go ahead ~1 $, ^ go ahead ~3 talk|vent|rant|speak|tell|write|say|share|ask|ring|call|listening|reading
    ^ ?please|yes|just do it !and|already|coward|watch|i|you
"""
"""Of what pushes on, the words that answer as well who asks whether to speak or to ring somebody."""

REACHING_OUT = """
    =ring|ringing|call|calling|phone|phoning|text|texting|tell|telling|see|seeing|contact|contacting ~2 gp|doctor|nurse|therapist|counsellor|sponsor|helpline|hotline|lifeline|line|crisis|samaritans|hospital|<kin>|someone|somebody|999|911|988|111|112|116 !goodbye|bye|sorry|i|that
    =speak|speaking|talk|talking|reach|reaching|open|opening to|out|up, need|want to ~1 vent|talk|rant, can|could|may|should|shall i ~2 talk|vent|rant|ask|share|post|say|write|ring|call|tell, =go|going to ?the|my|a gp|doctor|hospital|er|clinic|meeting|group, =go|going to a e
"""
"""What a post about dying asks for or thinks of doing, and needs to be told to do."""

CHEERING = """
    you can|will|could do it|this, go for it, good luck with it|that|this, i hope it works ?this ?time, i hope you succeed, i know a|the ~1 easy|quick way, let us ~1 kill|end ~3 together
"""
"""Kind words under somebody who hopes to live on, and a push under somebody who is about to act."""

HELPING = """
    but i|we ~1 do|care, i|we am|are ~1 listening|reading !to|when, they|we will listen
    i am ~1 coming over|round, get|gets|got|getting ?you|us|each through !with
    =ring|call|phone|dial|text ~1 them|someone|somebody|samaritans|999|911|112|111|988|now|first, =ring|call|phone|text me|us !when|once|after, =ring|call|phone|text you
    =ring|call|phone|dial|text ~1 your|the|a|an ~1 helpline|hotline|line|lifeline|crisis|doctor|gp|nurse|therapist|sponsor|hospital|clinic, =ring|call|phone|dial|text|tell ~1 your|a <kin> !goodbye|bye|farewell|sorry
    =tell ~1 them|someone|somebody !goodbye|bye|farewell|sorry, =tell ~1 your|a|the doctor|gp|nurse|therapist|sponsor|counsellor|teacher|parents|family !goodbye|bye|farewell|sorry, i will|can|could ~1 ring|call|stay|listen|drive|come !and|watch, i will|can|could ~1 help !you, i will|can|could ~1 help you ~1 find|get|stay|ring|call|through, i will|can|could ~1 come and get|sit|be|find|stay
    =helpline|hotline|lifeline|samaritans ~1 is|was|were|are ~1 kind|good|lovely|great|patient, to a e, to ~1 hospital|doctor|gp|clinic, =ambulance
    =stay ~1 here|with|safe|alive|please, =stay $, =stay on the line|phone, =talk to us|me|them|someone|somebody, please ~1 stay|ring|call|talk|wait, please ~1 go to, please ~1 do not do|go|die|hurt|harm|kill|give|jump|act|end|leave|be
    hold on !to, hold on to me|us|hope|life|that, hang on, hang in there, we|i are|am here !watching|waiting|laughing|for|to, we|i are|am ~1 here for|with you, we|i are|am here to listen|talk|help, you are not alone
"""
"""An answer with it helps, whatever else it says."""
