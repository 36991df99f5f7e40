"""Somebody has taken too much, or a child something; or stopping a drug has become dangerous."""

from __future__ import annotations

from triage.rules.rule import Rule, rule

_NOT_TAKEN = """
    nearly|almost|thought|wanted|about|could|never|not|if|wish|to|instead ~2 took|take|taken|swallow|taking|overdose, as prescribed|usual|normal|directed|always
    flushed, binned, pharmacy, pharmacist, back to the chemist, every ~1 day|morning|night|week, poisons|poison line|control, in hospital, the er, coma
    since i took, when i|<he> took, last|that week|month|year|summer|winter|spring|autumn, doctor|nurse|gp said, they said, rang|called|phoned 111|nhs, survived, lucky
    time|effort|weeks|courage|energy, should i, lessons, coffee, at his|her worst, <counted> a|per|each day|night|week !ago|since|this, vitamin|vitamins, scones, cake, biscuits, with breakfast, like a good, good girl|boy, proud, remembered, for once, away from, off me|him|them
"""
_NOT_WHEN = "when|since|after|until|night|day|if i|<somebody> ~2 overdosed"
_OVERCOME = """
    clean|sober ?ever since ?then and|then|that|$, that|it was ~5 years|months ago, that was in, saved my life, went|got into|to rehab, years|months clean|sober now, now ~2 years|months clean|sober
"""
"""What somebody tells beside an overdose that is long over."""

RULES: tuple[Rule, ...] = (
    rule(
        "overdose-taken",
        "Says that somebody has taken too much.",
        """
        i|<somebody> ~3 <took> ~2 <a-lot> <pills> !<looked-after>
        i|<somebody> ~3 <took> ~2 <a-lot> packet|strip|blister of ~4 <counted>
        i|he|she|they ~2 swallowed|downed|necked ~2 <a-lot> <medicine>
        ^ ~1 <took> ~1 <a-lot> <pills> !<looked-after>
        i|<somebody> ~3 took|taken|swallowed|downed|necked|popped ~2 <a-lot> <packet>
        ^ ~1 took|taken|swallowed|downed|necked|popped ~2 <a-lot> <packet>
        i|<somebody> ~3 had ~1 rest of ~1 <packet>
        ^ ~1 swallowed|downed|necked ~1 <a-lot> <medicine>
        i|he|she|they ~2 took|taken|swallowed|downed|necked ~1 them all
        i|he|she|they ~2 swallowed|downed|necked ~1 it all
        i|he|she|they ~2 took|taken|swallowed|downed|necked the lot
        ^ ~1 took|swallowed|necked|downed ~1 the lot
        ^ ?i ?have ?just|already|so took|taken everything $
        i|he|she|they|<kin> ~3 took|taken|swallowed|downed|necked ?at ~1 <many-pills>
        ^ ~2 took|taken|swallowed|downed|necked ?at ~1 <many-pills>
        <took> ~2 more <medicine> than ~1 i|he|she|they ~1 should|meant
        took|taken !on ~3 more !on ~1 than i|he|she should|meant
        ^ ~1 already swallowed ~1 them|everything|it $
        took|taken all the ones|pills|tablets i|he|she ~1 saved|kept|hid|hoarded
        taken|took what i had ?been saved|saving
        took|taken ~1 way ?too|2 many|much ~3 <medicine>|ketamine|ket|cocaine|coke|mdma|meth|speed|ghb|drugs
        i|we|<somebody> ~2 took|taken ~1 way ?too|2 many|much <and-then>
        ^ ?just|already|so|ok|think|also|accidentally took|taken ~1 way ?too|2 many|much <and-then>
        i|we|<somebody> ~3 took|taken|had|swallowed|injected ~1 double|triple|twice ~2 dose|doses ~3 <strong-medicine>
        ^ ~1 took|taken|injected ~1 double|triple|twice ~2 dose|doses ~3 <strong-medicine>
        <second-dose> ~6 by|at|too mistake|accident|once|soon
        <second-dose> ~6 already|accidentally
        accidentally|mistakenly|already ~1 <second-dose>
        already|forgot ~6 i|we|<somebody> ~1 <second-dose>
        forgot ~8 and ~1 <second-dose>
        <somebody> ?just overdosed ~3 tonight|today|now|minutes
        took|taken an overdose ~4 ago|tonight|today|earlier|now|yesterday
        i ~1 taken|took an overdose
        """,
        unless=_NOT_TAKEN,
    ),
    rule(
        "overdose-taken",
        "Says that somebody has overdosed or was given too much.",
        """
        <somebody> has|have|s|is ~1 overdosed
        i have|just ~1 overdosed
        i|<somebody> ~1 overdosed on ~4 <pills>
        <somebody> is|are|s overdosing
        <somebody> has|have|s ~1 taken an overdose
        gave|given <him> ~2 double|triple|twice|quadruple ~2 dose
        gave|given <him> ~1 three|four|five|six|ten|3|4|5|6|10 times ~3 dose|amount
        gave|given <him> too much|many ~2 <medicine>
        gave|given <him> too much ~2 calpol|nurofen|cough
        """,
        unless=f"""
        {_NOT_TAKEN}
        {_NOT_WHEN}, died, passed away, funeral, buried, grave, lost|killed <him>, overdosed twice, times before
        doctor|doctors|gp|nurse|hospital|vet|they gave <him>
        """,
    ),
    rule(
        "overdose-taken",
        "Says in two words of their own that they have overdosed.",
        "i ~1 overdosed $",
        unless=f"{_NOT_TAKEN}, {_NOT_WHEN}",
        unless_beside=_OVERCOME,
    ),
    rule(
        "overdose-taken",
        "Says in two words that somebody has overdosed.",
        "<somebody> ~1 overdosed $",
        unless=f"{_NOT_TAKEN}, {_NOT_WHEN}",
        unless_beside=f"""
        {_OVERCOME}
        <he> ~1 died|passed, miss|missed|lost him|her|them, his|her|their ~1 funeral|grave|anniversary|ashes
        """,
    ),
    rule(
        "overdose-taken",
        "Says that somebody took everything, close to words about medicine or sleep.",
        "<somebody> ~1 took|taken everything $, he|she|they ~1 took it all $",
        "<medicine>, overdose*, ambulance, cabinet, drawer, not ~2 wake|waking|breathing|move|answer, asleep, sleepy, slurring, bye, goodbye",
        reach=1,
        unless=_NOT_TAKEN,
    ),
    rule(
        "child-swallowed",
        "A child has swallowed medicine or something poisonous.",
        """
        baby|toddler|son|daughter|nephew|niece|grandson|granddaughter|kid|child|boy|girl|twins ~3 swallowed|eaten|drunk|drank|ate|chewed ~4 <poison>
        he|she is|s one|two|three|four|five|1|2|3|4|5 ~6 swallowed|eaten|drunk|drank|ate ~4 <poison>
        baby|toddler|son|daughter|nephew|niece|kid|twins ~2 got|found|been into|at ~3 <poison>
        """,
        unless="his|her|their ~1 medicine|medication|antibiotics|tablet like a champ|champion|pro|star|trooper|hero|good|big, hospital, poisons|poison, taught, teach, lock, locked, keep, could have, almost|nearly ~2 swallowed|eaten|drunk|drank|ate|chewed|got|found, his|her|their first ~1 tablet|pill|capsule, proud of, since, when my, year, closed",
    ),
    rule(
        "poison-taken",
        "Somebody has swallowed something poisonous.",
        """
        i|we|<somebody> ~3 drank|drunk|swallowed|downed|necked|ingested ~3 <household-poison>
        ^ ~1 drank|drunk|swallowed|downed|necked ~3 <household-poison>
        """,
        unless="""
        nearly|almost ~2 drank|drunk|swallowed, wish|could|would|might|if|when|since|like i|he|she|they ~2 drank|drunk|swallowed
        tastes|tasted|smells|smelled|smelt like ~1 <household-poison>
        last|that week|month|year|summer|winter|spring|autumn|time, weeks ago, months ago, in hospital, survived, poisons line|control
        dog|dogs|cat|cats|puppy|rather ~2 drank|drunk|swallowed|downed|necked|ingested, <household-poison> ?and|then|before ?he|she|they died, who died ~2 drank|swallowed
        swallowed ?a|some|my ?bit|little|drop ?of ?the|my mouthwash !and|then
        """,
        doubt="<joking>",
    ),
    rule(
        "dangerous-withdrawal",
        "Describes signs of dangerous withdrawal from alcohol or sedatives.",
        """
        seizure, seizures, had ~3 fit, fits, fitted, convuls*, hallucinat*, hearing ~1 voices, see|seeing ~1 insects|bugs|spiders|shadows|cats|rats
        hearing|seeing ~1 things $, hearing|seeing ~1 things|music and|again|all|now|everywhere, hearing ~1 music $, see ~1 things $, seeing ~1 people $
        hearing|hear|see|seeing ~1 things|people|music <seen>
        saw|seen ~2 dead ~1 mum|dad|gran|grandad|mother|father|brother|sister|wife|husband
        insects|bugs|spiders|ants on|crawling|everywhere|all, hands|hand|body|legs ~3 shaking|trembling|flapping|shakes, shaking ~2 badly|bad|uncontrollably|violently|hold|cup
        shakes so|really bad, shaking and ~1 sweating|seeing|hearing|vomiting, sweating and ~1 shaking|seeing, not stop shaking, <he> is|s ~1 confused, does not know what|where|who
        not know what day|year, talking to ~3 not there|here, picking ~1 insects|bugs|air, walls|curtains|carpet|floor is|are|s ~1 moving|breathing|crawling, cats|rats in the
        """,
        """
        stopped, quit, cold turkey, came|come off, gave|given up, last drink|dose, no alcohol|drink|booze|benzos|xanax|valium|vodka|drinking, withdraw*, detoxing
        day|days|hours|hour ~1 off|without|sober|clean|no|since|of, without ~2 drink|alcohol|booze|drop, ran|run out, not had a drink|drop, nothing to drink, since ~1 drink
        """,
        """
        drinking, drink, drank, alcohol, booze, vodka, whisky, whiskey, wine, beer, beers, spirits, cider, gin, rum, brandy, drinker, bottle, bottles
        xanax, benzo, benzos, valium, klonopin, ativan, lorazepam, diazepam, clonazepam, alprazolam, temazepam, zopiclone, baclofen, ghb, gbl, pregabalin
        """,
        reach=1,
        unless="""
        <in-general>, in hospital|detox|rehab|the ward, on the ward, years|months|weeks|month sober|clean|off, detox|rehab|hospital|doctor gave|admitted|kept, coffee, caffeine, cigarettes, smoking
        librium, taper, tapering, was|were ~2 hospital, last year|month|time, ended up in, before i quit, to hospital, reminisc*, mouth water, scare|scary story, my dog, epilep*
        love|enjoy|miss|missed|missing ~1 hearing|seeing, when|whenever i ~2 drink|drank|drunk|drinking, never want, ever had, have you, has anyone
        """,
    ),
)
