"""Somebody says that they are about to end their life, or have begun to."""

from __future__ import annotations

from triage.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
    rule(
        "intent-with-time",
        "Says that they mean to end their life, and when.",
        """
        <intent> ~5 <soon>
        <soon> ~1 <intent>
        i ~1 want to ~1 <kill-myself> ~1 tonight|today|tomorrow
        i ~1 want to ~1 <kill-myself> ~1 right now
        i ~1 want to end it ~1 tonight|today|tomorrow
        <kill-myself> ~1 tonight
        <killing-myself> ~2 tonight|tomorrow
        ^ ~1 <killing-myself> ~3 <soon>
        i am ~2 going|about|ready to ~1 die ~2 <soon>
        i am ~2 going|about|ready to ~1 jump !<joining> ~2 <soon>
        i am ~2 going|about|ready to ~1 end it|this ~3 <soon>
        i will ~2 die|end ?it ~2 tonight|tomorrow|today
        i will ~2 jump !<joining> ~2 tonight|tomorrow|today
        i am ~2 ending it|this ~2 <soon>
        ^ ~1 ending it ~3 <soon>
        ^ ~3 going to end it ~3 <soon>
        tonight is|s ~1 when|the|night ~4 die|dying|end it|my|all
        suicide ~2 tonight|tomorrow
        """,
        unless="""
        die of|from|laughing|inside, thought|think i ~1 would|might|was, end|ending|finishing it with|between|there|here, relationship, marriage, argument
        exam|test|essay|meeting|shift|deadline|homework|presentation|gym|gig ~2 today|tonight|tomorrow, prevention, awareness, squad, watch|attempt|walk|talk tonight|tomorrow
        <leap>, i promised, stream, sequel, so i|we will die, if it ends, jump on|onto|into ~3 call|zoom|link|chat, <overwork>
        <trifle> +25 <joking>, <joking> +25 <trifle>, <kill-myself> ~1 if +15 <joking>
        """,
        doubt="<joking>, i ?have thought|think about, thought|think i ~1 am|will, feel|feels|felt like",
    ),
    rule(
        "intent",
        "Says that they are going to end their life.",
        """
        <intent>
        """,
        unless="""
        thought|think i ~1 would|might|was|should|could, if +8 i am|will, printer, <overwork>, <leap>, so cringe
        do|would|could|should|can|will i ~2 <kill-myself>, do i plan, when i ~1 <intent>
        <trifle> +25 <joking>, <joking> +25 <trifle>, <kill-myself> ~1 if +15 <joking>
        """,
        doubt="""
        <joking>, thought|think of|about, feel|feels|felt like, one more, again and, or i will|am, relationship, unless, literally, ever, exam, homework, boss, gym, meeting
        <somebody> ~2 scared|afraid|worried ~3 i am|will, urge, urges, want|wants ~1 me to
        """,
    ),
    rule(
        "decided-or-prepared",
        "Says that the decision is made, or that it is prepared.",
        """
        i have ~1 decided|chosen ~3 <kill-myself>|die|dying
        made up my mind ~2 <kill-myself>|die|dying
        my|a ~2 plan is ~1 to ~1 <kill-myself>
        my|a ~2 plan to ~1 <kill-myself>
        i ?have ~1 wrote|written|writing|finished|sealed ~2 suicide|goodbye|farewell note|notes|letter|letters
        ^ ~1 wrote|written|left ~1 suicide|goodbye|farewell note|notes|letter|letters
        my suicide|goodbye|farewell note|notes|letter|letters
        i have ~2 written|said ~1 my goodbyes
        i have ~2 picked|chosen|set|fixed ~1 date|day to ~1 die
        i have ~2 picked|chosen|set|fixed ~1 date|day for ~2 suicide|death
        i will be dead ~3 <soon>
        i will be dead ~3 hour|hours
        this|tonight is|s|will ~1 my|the last night|day|week|sunrise|sunset|sunday ~1 alive|earth|ever
        my last night|day|hours|sunrise|evening ~1 alive|earth
        suicide pact
        """,
        unless="""
        i ?have thought|think about|i, feel|feels|felt like, helpline, <he> ~2 left|wrote|had|sent|said|says, tried to, urge, safety plan, plan to keep, <leap>
        goodbye|farewell letter|letters|note|notes to|from <habit>
        """,
    ),
    rule(
        "prepared-for-death",
        "Speaks of means, a plan, a note or a goodbye, close to words about dying.",
        """
        i have|got ~1 everything|what|all i need
        everything|all|it is ~2 ready|prepared|planned|arranged
        everything|all ready
        the|my|all ~1 note|notes|letter|letters is|are|s ~1 written|finished|done|ready|sealed
        note|letter|notes|letters in|on|under my|the ~1 drawer|locker|desk|bed|table|pillow|stairs
        my|the plan is|s ~1 set|ready|made|final
        i have ~2 date ~2 set|picked|chosen|planned
        i have ~1 picked|chosen|set ~1 date|day
        i ~1 have|got|bought ~1 rope|noose|blade|blades|razor|gun|pills|tablets|knife
        ^ ~1 got|bought ~1 rope|noose|gun|pills
        pills|tablets|rope|noose|gun|blade|razor ~1 is|are|s|in ~1 my|front|ready|loaded|waiting|here|beside ~1
        my mind is made, made ~1 peace with
        wanted|came to ~1 say ~1 goodbye|goodbyes
        this|it is|s|will ~2 last goodbye|farewell|post|message|words|note
        tell ~4 i loved|love them|him|her|you
        when|after i am gone ~4 look|tell|take|please
        """,
        "<dying>",
        reach=2,
        unless="""
        i ?have thought|think i|about, feel like, relationship, wedding, exam, essay, trip, holiday, camping, surgery, operation, move, moving, dinner, party, dentist, food, flat
        dog, cat, vet, funeral, helpline, safety plan, never|not going to, <somebody> ~2 passed, died, dying to, dying of, father, mother, before i go to, account, forum, board, site, app
        sorry ~2 long|late|rant|rambling|english|delay|if|about|hear|typos, sorry ~2 for !everything|all|what|leaving|my|the, sign up, shop, delivery, packed, budget, meal, group, months, phone, prescribed, refill, flushed, handed, gave, threw
        laughed, of the day|week, goodbye to ~2 drinking|smoking|alcohol
        """,
    ),
    rule(
        "goodbye",
        "Reads like a goodbye for ever.",
        """
        by the time ~3 read|reads|see|sees|find|finds|get|gets this
        if you are reading this i am|will|have ~2 dead|gone
        this|it is|s|will ~1 my|a ~1 final|last goodbye|farewell
        ^ ~1 goodbye|farewell ?cruel world ~3 $
        ^ ~1 goodbye forever ~3
        i am not going to be alive ~4 tomorrow|morning
        i am not going to be here tomorrow $
        i will not be alive ~2 tomorrow|morning
        goodbye|bye everyone|everybody|all|world ~8 <sorry>|forgive
        goodbye|bye everyone|everybody|all|world ~8 loved you|him|her|them|being
        goodbye ~2 everyone|everybody|all ~6 kindness|everything
        you will not hear|see from|me ?me ~1 again
        do not look|search for|after|looking ?for me
        do not come after|looking ?for me
        do not come for me !but|if|guys|folks
        do not try|bother to ~1 find|stop|save me
        tell ~4 it was|is not their|her|his|your fault
        tell ~4 i am|was ~1 sorry ~3 could|could not|without|gone|fault|better
        """,
        unless="""
        holiday, vacation, offline, signal, wifi, internet, camping, surgery, shift, account, forum, app, tent, grid, fishing, job, office, school, moving, retreat
        <he> ~2 said|texted|wrote|left|sent, goodbye to ~3 drinking|smoking|alcohol|drugs|my|the|our, site, board, group, festival, hike, weekend, back in|on|at|soon
        for ~1 now, see you, talk soon, funeral, died, told|tell him|her i loved, in person, less time
        by the time ~4 i|we ~6 rehab|detox|treatment|hospital|theatre|clinic|meeting|flight|plane|holiday, come for me ~4 i ~2 like|prefer|agree|enjoy
        """,
    ),
    rule(
        "goodbye",
        "Will not be here tomorrow, and something else sounds like a goodbye.",
        """
        i am not going to be here|around ~4 tomorrow|morning
        i will not be here|around ~2 tomorrow|morning
        """,
        "<death>, <despair>",
        reach=2,
        unless="holiday, vacation, offline, signal, wifi, internet, surgery, shift, account, job, office, school, moving, see you, talk soon",
    ),
    rule(
        "intent-with-time",
        "Means to finish something, close to words about dying.",
        "i am ~2 finishing it|this ~2 <soon>",
        "<dying>, <despair>",
        reach=2,
        unless="exam, essay, form, forms, homework, book, shift, course, treatment, relationship, marriage, with him|her|them",
    ),
    rule(
        "attempt-under-way",
        "Says that it is done, close to words about dying.",
        "i ~2 did it already",
        "<dying>, <despair>, <medicine>, cut|bleeding|overdose*",
        reach=2,
        unless="i ?have thought|think|dream of|about|i, appointment, form, homework, doctor|gp|nurse|therapist|sponsor ~1 said|says|asked",
    ),
    rule(
        "attempt-under-way",
        "Says that they have just tried to end their life, or are about to where they are.",
        """
        i ~2 tried to ~1 <kill-myself> ~4 today|tonight|yesterday|earlier
        i ~2 tried to ~1 <kill-myself> ~4 last night
        i ~2 tried to ~1 <kill-myself> ~4 this morning|evening|afternoon|week
        i ~2 tried to ~1 <kill-myself> ~4 minutes|hours|hour|days ago
        i ~1 just tried to ~1 <kill-myself>
        i ~2 attempted ?an ?suicide|it|overdose|od ?again|twice last night
        i ~2 attempted ?an ?suicide|it|overdose|od ?again|twice tonight|today|yesterday
        i ~2 attempted to die|hang|overdose ~2 tonight|today|yesterday
        i ~2 attempted to die|hang|overdose ~2 last night
        i ~1 already did it ~5 ago
        i am ~1 on|at|by|near|under ~2 bridge|roof|ledge|tracks|cliff|railing|overpass ~8 jump|jumping|die|dying|goodbye|step|ready|nobody|over|end
        the ~1 rope|noose|gun|blade|knife is|s ~2 my|around ~1 neck|hand|head|mouth|lap|wrist|throat
        i have ~1 gun ~2 loaded|hand|mouth|head
        i am ~1 hurting|cutting|burning myself right now
        i have ~1 cut ~2 too deep
        i have ~1 cut ~2 deep and
        i cut ~3 too deep
        i cut ~3 deeper than ~2 meant|before|usual
        i have ~1 cut ~3 deeper than
        i ~1 slit|cut my wrists
        """,
        unless="i ?have thought|think|dream of|about|i, finger, onion, cooking, kitchen, garden, if i, almost, nearly, <he> tried, recovered, hair, the lawn, <leap>",
    ),
)

SLUGS = frozenset(rule.slug for rule in RULES)
