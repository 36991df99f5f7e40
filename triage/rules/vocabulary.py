"""Groups of words that several rules share, in the plain spelling of ``triage.rules.plain``."""

from __future__ import annotations

VOCABULARY = {
    "kin": """
        mum, dad, mother, father, brother, brothers, sister, sisters, son, sons, daughter, daughters, husband, husbands, wife, wifes
        partner, partners, boyfriend, girlfriend, ex, exs, gran, grandad, mums, dads, uncle, aunt, auntie, cousin, nephew, niece, grandson
        friend, friends, mate, mates, roommate, flatmate, housemate, neighbour, neighbor, colleague, student, kid, kids, child, boy, girl
        baby, toddler, lad, bloke, guy, man, woman, lady, stranger, member, user, person, granddaughter, boyfreind, grilfriend
    """,
    "somebody": "my|our|his|her|their|this|the|a|me|another|some ~2 <kin>, mum, mums, dad, dads, gran, someone, somebody, he, she, they",
    "he": "he, she, they",
    "him": "him, her, them, mum, dad, gran, my|our|the|me ~1 <kin>",
    "himself": "himself, herself, themselves, themself",
    "is": "is, are, was, am, s, has, have, has been, has gone, have gone, went, gone, gets, looks, keeps, turned, going, turning, is going, is turning",
    "kill-myself": """
        kill myself, end my life, end my own life, end it all, end everything, take my life, take my own life, commit suicide, hang myself
        shoot myself, drown myself, stab myself, poison myself, kill ~2 and myself
        jump|step|walk|lie ~1 in front of ~3 train|trains|tube|lorry|truck|bus|traffic, throw myself in front, jump|lie under ~2 train|tube|lorry|truck|bus
        throw myself under ~2 train|tube|lorry|truck|bus|traffic, jump off|from ~2 bridge|roof|cliff|building|balcony|flyover|viaduct|overpass
        throw myself off|from ~2 bridge|roof|cliff|building|balcony|flyover|viaduct|overpass
        walk|step|jump into ?the|oncoming|moving traffic !warden|wardens|lights|jam|every|each, walk|step|jump into traffic ~1 in front of, run into oncoming|moving traffic
        lie|lay ?down on|across ~2 tracks|rails|railway
    """,
    "leap": """
        =bungee|parachute|parachuting|harness|zipline|abseil*|skydiv*, zip line|wire, jump|myself ~8 for ~1 charity|fun|fundraiser, jump|myself ~6 into ~2 pool
        jump|myself off|from ~2 bridge|cliff|roof|balcony|building|pier|rocks ?into ?the|a ?sea|water|lake|river ?on ?our ?holiday ?tomorrow with my|our ~1 mates|friends|cousins|lads
        jump|myself off|from ~2 bridge|cliff|roof|balcony|building|pier|rocks ~1 on|this|our ~1 holiday|holidays
        jump|myself off|from ~2 cliff|roof|balcony|pier|rocks into ~2 sea|water|lake !tonight|now|so|because|until|where
    """,
    "joining": "on !<day>|the, back|straight on|onto|in|into|to, in ?the|a shower|bath|car|pool",
    "overwork": "killing myself trying|working|studying|laughing|juggling|running",
    "habit": """
        ?my|the|an ?old|eating|drug|gambling|drinking alcohol|drinking|drink|booze|wine|vodka|beer|cider|smoking|cigarettes|vaping|nicotine|weed|cannabis|drugs|heroin|cocaine|coke|crack|meth|ketamine
        ?my|the|an ?old|eating|drug|gambling|drinking addiction|addictions|gambling|disorder|illness|anorexia|bulimia|bingeing|cravings|opioids|codeine|tramadol|fentanyl|benzos|xanax
    """,
    "killing-myself": """
        killing myself, ending my life, ending my own life, ending it all, taking my life, taking my own life, committing suicide
        hanging myself, shooting myself
    """,
    "kill-himself": "kill <himself>, killing <himself>, end|ending his|her|their life, end|ending his|her|their own life, end it all, take|taking his|her|their own life, commit suicide",
    "day": "monday, tuesday, wednesday, thursday, friday, saturday, sunday, weekend, christmas, midnight, midday, noon",
    "soon": """
        tonight, today, tomorrow, now, this evening, this morning, this afternoon, this weekend, this week, later, <day>
        in|within ~2 minute|minutes|hour|hours|day|days, by ~1 morning|then|<day>, before ~2 sunrise|dawn|morning|<day>, at ~1 <day>
        on the ~1 1st|2nd|3rd|*th, before they|he|she|anyone|anybody|my, as soon as
        when|once|after|until|till|while|as ~5 asleep|school|work|shift|bed|gone|out|leaves|leave|left|empty|empties|away|nights|home|sleeping|sleep|dark
    """,
    "intent": """
        i ~1 am ~3 going to ~2 <kill-myself>, i am ~2 about|ready|planning|determined|preparing to ~2 <kill-myself>, i will ~2 <kill-myself>
        i ~1 plan|planned|intend|mean|need|have|got to ~2 <kill-myself>, i am ~2 <killing-myself>
        ^ ~1 going|about|ready|planning|planned to ~2 <kill-myself>
    """,
    "took": "took, taken, swallowed, downed, drank, drunk, necked, had, eaten, ate, popped, injected",
    "second-dose": "took|taken|had|swallowed|injected ~1 second|two|three ~2 dose|doses ~3 <strong-medicine>",
    "a-lot": """
        all of ~2, all ~2, whole ~1, every single, every last, too many ~2, too much ~2, bunch of ~2, load of ~2, loads of ~2, lots of ~2, handful of ~1
        fistful of ~1, handfuls of ~1, way more ~1, bottle of ~1, box of ~1, packet of ~1, strip of ~1, rest of ~2, everything ~1, entire ~1
        twenty ~1, thirty ~1, forty ~1, fifty ~1, sixty ~1, hundred ~1
    """,
    "figure": "|".join(map(str, [*range(15, 75), 80, 90, 100])),
    "counted": """
        pills, tablets, capsules, painkillers, sleeping pills|tablets, sleepers, antidepressants, antihistamines, benzos, opioids, oxys
        paracetamol, tylenol, acetaminophen, aspirin, ibuprofen, benadryl, xanax
    """,
    "many-pills": "<figure> ?of ?my|the|his|her|their|those|these ?strong|heart|500mg <counted>",
    "pills": """
        pill, pills, paracetamol, tylenol, acetaminophen, aspirin, ibuprofen, insulin, antidepressants, sleepers, xanax, benzos, valium
        diazepam, oxys, oxy, oxycodone, opioids, painkillers, codeine, codamol, morphine, methadone, capsules, lithium, propranolol, sertraline
        benadryl, antihistamines, heroin, fentanyl, tramadol, pregabalin, gabapentin, amitriptyline, quetiapine, zopiclone, tablets
    """,
    "packet": "packet|packets|strip|strips !<of-food>, blister ?pack|packs !<of-food>",
    "and-then": "$, i|and|so|now|then|feel|feeling|help|please|again|this|last|tonight|today|yesterday|earlier, many of, of it|them|those|his|her, on purpose, because, my, can",
    "looked-after": "open|changed|reviewed|checked",
    "of-food": "of ~2 crisps|biscuits|biscuit|cookies|crackers|sweets|chocolate|chocolates|cake|cakes|nuts|peanuts|mints|gum|raisins|creams|bacon|tissues|wipes|photos, to|off ~2 post|office|bank|wall|walls|shop|charity",
    "medicine": "<pills>, medicine, medicines, medication, medications, prescription, drops, patches, script, dose, tablet, bottle",
    "poison": "bleach, cleaner, battery, batteries, antifreeze, gummies, vape, edibles, weedkiller, screenwash, <pills>, medicine, medication, patch, tablet",
    "household-poison": """
        bleach, antifreeze, weedkiller, weed killer, screenwash, white spirit, petrol, paraffin, turpentine, turps, disinfectant, detergent, caustic soda, rat poison
        drain|oven|toilet|bathroom|kitchen|floor|glass ~1 cleaner, drain unblocker, nail varnish|polish remover, insecticide, pesticide, ammonia, battery acid, lamp oil
        sanitiser, sanitizer, mouthwash, surgical spirit|spirits, methylated spirit|spirits, rubbing|isopropyl alcohol
    """,
    "strong-medicine": "methadone, morphine, fentanyl, oxycodone, oxys, oxy, insulin, lithium, digoxin, warfarin, propranolol, amitriptyline, heart ~1 tablets|pills|medicine",
    "dying": "<death>, not be here",
    "death": """
        die, dying, dead, kill myself, killing myself, suicide, suicidal, end my life, ending my life, end it, ending it, end it all, goodbye, bye ~1 everyone|everybody|all|world|mum|dad|forever, ^ ~1 bye $
        forgive me, my|the last night|day, last night|day ~1 alive|earth|ever, not wake up, lose my|the nerve, no one|nobody will ~1 find|miss|stop, over soon|tonight
        tonight is|s the, without me, no going back, no more tomorrow|tomorrows, stop me, it all ends, end of me, my pain, pain will ~1 stop|over|end, be my last $, <sorry>
    """,
    "sorry": """
        sorry ~2 mum|dad|everyone|everybody|kids, sorry ~1 for everything|all|what|leaving, sorry $, sorry ~2 i could|can|was|am|did|have not|never, sorry ~2 i failed|let|hurt|ruined
        sorry ~1 to my|everyone|everybody|all, will ~1 be sorry
    """,
    "despair": """
        can not ~1 do|take|bear|go|cope|live ~2 anymore|on, no point, over ~1 soon|now, loved|love you ~2 all|everyone, for everything, tired of ~2 life|living|fighting|everything, psychiatric, grippy
        pain, hopeless, worthless, better off, wish i, hate my life|myself, nobody cares, give|giving|gave up
    """,
    "seen": "that|which|who ~1 is|are|were not, not there|real, <around-me>, ~1 moving|crawling|standing|watching <around-me>",
    "around-me": "on|in|by|behind|along|through ?the|my room|walls|wall|corner|corners|ceiling|curtains|dark|bed|floor|window|carpet|doorway",
    "kicking-baby": "the|my|our|this|her|his ~1 baby|toddler|bump is|keeps, the|my|our|this|her|his ~1 baby|toddler|bump s !dad|father|mum|grandad|gran|uncle",
    "close": """
        my|our ?little|own|youngest|oldest|eldest|teenage daughter|daughters|son|sons|toddler|baby|kid|kids|child|girl|boy|granddaughter|grandson|niece|nephew|mum|gran comes|came|come
        mum|gran comes|came|come
    """,
    "infant": "baby|newborn !off|shower|weight|bump|aisle|monitor|clothes",
    "counted-else": "pages|page|chapters|books|minutes|hours|days|weeks|years|times|percent|people|posts|messages|mg|steps",
    "training": "prevention|awareness|training|bereavement|intervention|statistics|rates|research|charity|charities",
    "story": "film, movie, novel, book, series, episode, season, song, album, podcast, documentary, poem, play, scene, chapter, game, show",
    "elsewhere": """
        in|from|about|of ?the|this|that|a|my|his|her ~1 <story>, lyrics, lyric, character, plot, dreamt, dreamed, a dream
        the|this|that ~1 <story> is|where|ends|says|called|has, just|only joking|kidding, jk
    """,
    "joking": "lol, lmao*, lmfao, rofl, haha*, laughing !at, a joke, hehe, xd, nightmare",
    "trifle": "literally, exam, exams, homework, boss, gym, meeting, one more",
    "watching": "watching|watched|reading|playing|played|writing ~3 <story>",
    "long-ago": """
        years|months|decades|year|time ago, years since|back, year since, ages ago, in 19*|20*, back then, when i was a|young|little|younger|at|about|around|*teen|1*
        when i was in my|school|college|uni|university|care|prison|foster|primary|secondary|high|year|1*|20*
        as a kid|child|teen|teenager|boy|girl, used to, i remember
    """,
    "in-general": """
        if you|someone|somebody|anyone|anybody|your|people|a, signs|symptoms|sign|symptom of|are|include|can|like, can|could|may|might cause|lead|mean|bring|trigger
        people ~1 who|with|can|may|have|get|often|think|say|die, many|most|some|other|older|gives people, ^ what to do if|when|in|for, always call|ring, call ~2 if, ring ~2 if, risk of, treated, all clear, ecg was|is|fine|normal, when somebody|someone|you, someone came
    """,
    "not-people": "dog, dogs, cat, cats, puppy, kitten, hamster, phone, car, boiler, printer, laptop, computer, plant, engine, horse",
}  # fmt: skip
