"""Somebody says in plain words that they wish to die, or harm themselves now: no sign of when, and still not to wait."""

from __future__ import annotations

from triage.rules.rule import Rule, rule
from triage.scales import Severity

RULES: tuple[Rule, ...] = (
    rule(
        "wish-to-die",
        "Says in plain words that they want to die, or think of ending their life.",
        """
        i ~2 want|wants to ~1 die
        i ~2 want|wants to ~1 be dead
        i ~2 want to ~1 <kill-myself>
        ^ !you|they|we ~1 want to ~1 die ~2 $
        ^ !you|they|we ~1 want to ~1 die so|right ~4 $
        ^ !you|they|we ~1 want to ~1 <kill-myself> ~2 $
        i am ~1 suicidal
        ^ ~1 suicidal ~1 again|today|tonight
        i do not ~1 want to ~1 live|exist ~1 $
        i do not ~1 want to ~1 live|exist anymore
        i do not ~1 want to ~1 be alive
        i do not ~1 want to ~1 be here anymore
        i can not stop ~1 thinking about|of ~1 suicide|dying !<training>
        i can not stop ~1 thinking about|of ~1 <killing-myself>
        i am|keep ~2 thinking about|of ~1 suicide !<training>
        i am|keep ~2 thinking about|of ~1 <killing-myself>
        i have ~1 been ~2 thinking about|of ~1 suicide !<training>
        i have ~1 been ~2 thinking about|of ~1 <killing-myself>
        i ~1 wish i was|were ~1 dead
        i ~1 wish i was|were never born
        i wish i could ~1 die
        suicidal thoughts are|is ~1 back|louder|worse|constant
        suicidal thoughts every|all
        suicide|dying|death is ~1 my only|best ~1 option|choice|way|answer|escape|hope
        i ~1 feel|think|believe|see|know ~2 suicide|dying|death is ~2 only|best ~1 option|choice|answer|way !for|you
        """,
        unless="""
        <leap>, not suicidal, never ~1 want|wanted, not ~1 want to ~2 kill|hurt|die, want to die in|of|from|on|with|old|peacefully|laughing|happy, i want to live, not that i want, before i die
        shame, embarrass*, cringe, mortified, exam, exams, homework, hangover, hungover, monday, mondays, cramps, sneez*, hiccup*, essay, deadline, gym, legs day, spicy, curry
        when i was, was ~2 suicidal, if i was|were|am ~1 suicidal, he|she|they|who|people ~3 suicidal, are you ~2 suicidal, asked|asks|ask|asking ~4 suicidal|if, felt, thought, wanted to, for anyone|everyone|those|people
        dream, years ago, no longer, not anymore, anymore do i, stopped wanting, glad, thank god i, i do not want to ~1 live in|with|like|there|here, be alive ?in|with|at|during
        do not want to ~1 be here anymore ~1 at|in|on|with|this, job, office, party, town, flat, website, forum, app
        """,
        severity=Severity.RED,
    ),
    rule(
        "self-harm-now",
        "Says that they have lately hurt themselves, or are about to.",
        """
        i ~1 cut|burned|burnt|hurt myself ~2 again|today|tonight|yesterday
        i ~1 cut|burned|burnt|hurt myself last night
        i ~1 cut|burned|burnt|hurt myself this morning|evening|week
        i ~2 relapsed ~2 self harm ~3 today|tonight|yesterday|again
        i ~2 relapsed ~2 self harm $
        i ~2 self harm|harmed ~2 again|today|tonight|yesterday
        i have been|am|keep cutting myself|again
        i ~2 want to ~1 cut|hurt|harm|burn myself
        urge|urges to ~1 cut|hurt|harm|burn ~1 myself
        urge|urges to self harm
        """,
        unless="""
        shaving, kitchen, cooking, knife slipped, onion, paper, gym, back, playing, football, glass, accident*, tin, oven, sun, iron, ankle, knee, lifting, tea, hair, sugar, grass
        some slack, myself a break, myself off ?completely from, myself loose, on|off ~2 hob|stove|cooker|grill|pan|kettle|toaster|radiator|barbecue|bbq|tray, straighteners, curlers
        not, never, years, felt, used to, when i was, no longer
        """,
        severity=Severity.RED,
    ),
    rule(
        "wish-to-die-elsewhere",
        "Says in another language than English that they want to die.",
        """
        quiero morir|morirme|matarme|suicidarme, no quiero vivir
        je veux mourir|crever, je ne veux plus vivre, je veux me tuer|suicider, envie de mourir
        ich will|möchte sterben, ich will|möchte nicht mehr leben, ich bringe mich um
        quero morrer, não quero mais viver, nao quero mais viver, quero me matar
        voglio morire, non voglio più vivere, non voglio piu vivere
        ik wil dood, ik wil niet meer leven
        chcę umrzeć, chce umrzec, nie chcę żyć, nie chce zyc
        ölmek istiyorum, olmek istiyorum
        jag vill dö, jag vill inte leva
        me voy a matar|suicidar, je vais me tuer|suicider, vou me matar|suicidar, mi ammazzo, mich umbringen
        """,
        severity=Severity.RED,
    ),
)

SLUGS = frozenset(rule.slug for rule in RULES)
