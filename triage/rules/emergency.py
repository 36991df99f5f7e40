"""Signs of a medical emergency that nobody is treating yet."""

from __future__ import annotations

from triage.rules.rule import Rule, rule

_NOT_NOW = """
    <in-general>, the|our|emergency vet, apnoea, apnea, cpap, last|that week|month|year|summer|winter|time, in hospital, ambulance ~2 here|came|arrived|took, was ~2 treated|fine|nothing
    discharged, turned out, paramedics, called him|an ambulance, a and e, the er, weeks ago, first aid, a|the|my|this|our|during|online course, training, scan, on the ward, resus, before he|she died, when he|she died
    every time, whenever, sometimes, years old game, in my sleep, times an hour|night
"""
_A_THING = "<not-people> ~3 $"

RULES: tuple[Rule, ...] = (
    rule(
        "emergency-unresponsive",
        "Somebody cannot be woken or does not breathe properly.",
        """
        can|could not ~2 wake|waking|rouse ~1 <him>
        will not wake|rouse ?up ~1 $
        will not wake up
        is|s|are not waking ?up
        not get <him> to ~1 wake|respond|open
        he|she|mum|dad|baby does not ~1 wake
        will not open his|her|their eyes
        <somebody> ~2 not breathing
        <somebody> ~1 stopped breathing
        breathing ?is ?really|very|so|all funny|weird|wrong|shallow|weirdly|strange|strangely|slow|slowly
        barely|hardly|scarcely breathing
        <somebody> ~1 is|s|has ~1 unresponsive|unconscious
        lips|face|fingers|skin|mouth <is> ~1 blue|grey|gray|purple|bluish|blueish
        lips|face blue|grey
        <somebody> <is> ~1 blue|grey|gray +5 not|breath|breathing|lips|floor|wake|slow
        <somebody> ?just collapsed +5 not|can|now|grey|breathing
        <somebody> <is> ~1 gurgling|floppy|limp +8 wake|not|breath*|noise|grey|sick
        is|s choking +5 purple|blue|breathe|clearing
        """,
        unless=f"""
        {_NOT_NOW}
        at night, sleep study, alarm, early, for school|work|college, until|before|till ~2 noon|nine|ten|eleven|lunch, wish ~2 not wake, want|hope to not wake, overnight, text*, messages
        i will|can|could not wake up, hair, nails, eyeshadow, lipstick, panic attack|attacks, feels|feel|feeling like, hold|holding ~1 breath, swimming, cold hands, raynaud|raynauds, cannula, purple|blue|grey where, for a bit, meditation, exercise|exercises
        stopped breathing ~3 on ~1 <day>, i|we ~1 held his|her|their ~1 hand, and i am|breathing, my breathing, breathing ~1 fine, was unresponsive|unconscious
        """,
        unless_before=_A_THING,
    ),
    rule(
        "emergency-heart",
        "Chest pain with other signs of a heart attack.",
        """
        chest ~3 pain|pains|hurts|hurting|tight|pressure|crushing|heavy|squeezing +12 arm|jaw|clammy|sweat*|grey|gray|breathless
        pain|pains|pressure|tightness|weight|band|crushing|fist|elephant +5 chest +12 arm|jaw|clammy|sweat*|grey|gray|breathless
        chest ~3 pain|hurts|tight|pressure|crushing|heavy +8 not|short|fighting|gasping ~1 catch|get|for|of ~2 breath
        pain|pressure|tightness|crushing ~4 chest +8 not|short|fighting|gasping ~1 catch|get|for|of ~2 breath
        left arm ~3 numb|heavy|dead|hurts|tingling +10 chest|breath|breathless|sweat*|grey
        """,
        unless=f"""
        {_NOT_NOW}
        panic attack, anxiety, anxious, physio, gym, workout, pulled, costochondritis, cough, ecg|ekg, reflux, heartburn, attacks
        """,
        unless_before=_A_THING,
    ),
    rule(
        "emergency-stroke",
        "Signs of a stroke.",
        """
        face|mouth|smile <is> ~2 drooping|droopy|droops|dropped|slipped|lopsided|fallen|sagging|down +15 arm|leg|hand|side|speech|words|speak|talk|slur*
        speech|words <is> ~1 slurred|slurring|gibberish|garbled|wrong +15 arm|leg|hand|side|face|mouth
        slurring|slurred +14 one|left|right|that|her|his side|arm|leg|face|hand|foot
        speaking|talking|saying gibberish|nonsense|rubbish +10 arm|leg|side|face|hand|mouth
        arm|leg|hand +10 talking|speaking|saying gibberish|nonsense|rubbish
        lost the use of ~1 hand|arm|leg|side
        """,
        unless=f"{_NOT_NOW}, bell|bells ?s palsy, dentist, drunk, pissed, years, botox, migraine aura",
        unless_before=_A_THING,
    ),
    rule(
        "emergency-stroke",
        "Says that somebody is having a stroke.",
        """
        i am ~2 having a stroke !of
        <somebody> is|s ~2 having a stroke !of
        <somebody> ~1 just had a stroke !of
        <somebody> is|s ~1 showing ~1 signs of a stroke
        """,
        unless=f"""
        {_NOT_NOW}
        anxiety, panic, feel|feels|felt like, reading, typing, typo, typos, spelling, grammar, autocorrect, this sentence|comment|post|song, stroke ~1 over|at ~2 price|prices|bill|bills|cost|costs
        scared|afraid|fear ~1 of, every ~1 day|night, years, doctor ~1 says|said
        """,
    ),
    rule(
        "emergency-airway",
        "An airway that swells shut, or asthma that nothing relieves.",
        """
        throat ~2 closing up|in|now|more|and
        throat ~2 closing $
        throat ~2 swelling|swollen|closed +6 breath|breathe|hives|peanut|sting|stung|nuts|tongue|lips
        tongue ~2 huge|swelling|massive|swelled +10 breath*|talk|speak|throat|stung|sting|lips|face|now
        tongue <is> ~1 huge|massive $
        lips|face ~3 swelling|swollen|swelled +8 breathe|breath|wheez*|throat|hives
        inhaler|puffer|nebuliser|nebulizer ~1 is|does|s|has not ~1 working|work|wrking|help|helping|touching|doing|worked
        inhaler|puffer|nebuliser|nebulizer is|s ~1 empty|doing nothing|and +6 breath*|wheez*|talk|nothing
        not ~1 finish|say|get ~2 sentence|sentnce +6 breath*|wheez*|inhaler
        """,
        unless=f"{_NOT_NOW}, tonsil*, sore throat, a cold, tears, crying, lump, anxiety, panic, bit my tongue, when|whenever|if i ~4 talk|speak|think|share|write ~1 about|of, in ~1 therapy|counselling, ordered, prescription, all night, ulcer*",
        unless_before=_A_THING,
    ),
    rule(
        "emergency-bleeding",
        "Bleeding that does not stop, or vomiting or coughing up blood.",
        """
        i am|was|have|keep ~2 vomiting|vomited|throwing|coughing|puking|bringing ?up ~2 blood
        i vomited|threw|coughed|puked ?up ~2 blood
        <somebody> ~3 vomiting|throwing|coughing|puking|bringing ?up ~2 blood
        ^ ~2 vomiting|throwing|coughing|puking ?up ~1 blood
        bleeding ~3 not ~2 stop|stopping|slowing
        blood ~3 not ~2 stop|stopping|slowing
        blood ~1 everywhere|pouring|gushing|spurting
        losing ~1 lot|lots of blood
        i am bleeding out, <he> is|s bleeding out
        soaked|soaking ~2 towels|pads|pad|towel ~6 hour|blood|bleeding
        """,
        unless=f"""
        {_NOT_NOW}
        nosebleed*, nose, period, piles, gums, money, shaving, shaved, stopped now, battery, colonoscopy, biopsy, spot|spots|scab|scabs|picked, hospital, draw|drew|took blood
        blood sugar|pressure|test|tests, my heart bleeding, drinkers, alcoholics, i have seen, she|he had, someone
        """,
        unless_before=_A_THING,
    ),
    rule(
        "emergency-seizure",
        "A fit that does not stop, or one after another.",
        """
        fits|seizures ~1 in a row, fits|seizures one after
        fit|seizure|seizing|convuls* ~3 not ~1 stop|stopping|stopped|ending
        fitting|seizing|convulsing for ~1 ten|five|*0|*5 minutes
        <somebody> is|s fitting|seizing|convulsing
        <somebody> ~1 having a seizure|fit ~2 now|right|help|what
        had|having two|three|four|several|2|3|4 fits|seizures ~3 today|tonight|hour|hours|row|morning|now
        had a fit|seizure ~6 second|another one
        """,
        unless=f"{_NOT_NOW}, fit in, fitting room|rooms, keppra, neurologist, tantrum, fits of",
        unless_before=_A_THING,
    ),
    rule(
        "emergency-sugar",
        "Very low or very high blood sugar with signs of danger.",
        """
        sugar|sugars|glucose|meter|bg|reading|libre|dexcom|levels ~5 1.0|1.1|1.2|1.3|1.4|1.5|1.6|1.7|1.8|1.9|2.0|2.1|2.2|2.3|2.4|2.5|2.6|2.7|2.8|2.9|lo|hi|28|29|30|31|32|33|34|35|500|600 !<counted-else>
        i am|at|is 1.1|1.2|1.3|1.4|1.5|1.6|1.7|1.8|1.9|2.0|2.1|2.2|2.3|2.4|2.5|2.6|2.7|2.8|2.9
        ^ 1.1|1.2|1.3|1.4|1.5|1.6|1.7|1.8|1.9|2.0|2.1|2.2|2.3|2.4|2.5|2.6|2.7|2.8
        hypo +6 confused|confusion|unconscious|swallow|alone|passing|fitting|wake
        diabetic|type +8 confused|nonsense|unconscious|sense
        ketones ~4 high|large|purple|3.*|4.*|5.*|6.*|7.*
        """,
        """
        =confus*, not think|thnik|swallow|see|stand|speak|wake|swallowing|swollowing|waking, making no|any sense, not making sense, talking nonsense, =passing|passed|pass out, =unconscious
        =vomit*, throwing|threw up, =been|being|be|beign sick, =slurr*, no juice|sugar|food|glucose, breathing ~2 deep|fast|quick|funny, fitting, sparkly, lane, wheel, will not drink|eat, gone floppy
        """,
        unless=f"{_NOT_NOW}, had juice ~6 fine|up|ok|okay|better, coming up now, back up, back to ~1 normal, went back, blood pressure, mood, battery, a1c, hba1c, range, mg",
        unless_before=_A_THING,
        reach=1,
    ),
    rule(
        "emergency-gas",
        "A carbon monoxide alarm or a smell of gas, and somebody feels it.",
        """
        carbon monoxide|dioxide ~1 alarm|detector|monitor ~2 going|gone|went|goes|keeps|beeping|ringing|sounding|screaming|shrieking
        co alarm|detector|monitor ~2 going|gone|went|goes|keeps|beeping|ringing|sounding|screaming|shrieking
        smell|smells|smelling|stinks ~2 gas !station|stations
        """,
        """
        dizzy, headache, headaches, head ~3 hurts|splitting|pounding|killing, sick, nauseous, faint, drowsy, sleepy, confused, vomiting, woozy, =passed|passing out, weak, not wake|think
        """,
        unless=f"{_NOT_NOW}, batteries, battery, chirp*, false alarm, engineer, tear gas, fire brigade, tested, stomach, farts, wind, petrol",
        reach=1,
    ),
)
