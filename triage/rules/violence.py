"""Somebody is being hurt or about to be, or says that they will hurt somebody."""

from __future__ import annotations

from triage.rules.rule import Rule, rule

_NO_VIOLENCE = """
    chess, cards, tennis, monopoly, scrabble, tug of war, if <he> ~1 finds|knew|know|out, football, boxing, sparring, match, fortnite, xbox, playstation, when|whenever|while|after|if <he> is|was|gets
    last|that week|month|year|summer|winter|christmas, left him|her, police ~2 took|arrested|came, prison, jail, i am safe, safe now, refuge, crying, panic attack, migraine
    had ~1 pulled|grabbed|strangled|choked, talking|told me|us about, highschool, high school, week|weeks|month|months|years ago|back
    price|prices|bill|heat|work|boss|jeans|shoes|traffic, to ~1 hug|kiss, for years, for eating|leaving|forgetting|spoilers|using|breaking, chilli, cake, bored, hangover, pencil
"""

RULES: tuple[Rule, ...] = (
    rule(
        "violence-now",
        "Somebody bangs on a door or window, and there is a further sign of danger.",
        """
        <somebody> <is> ~2 banging ~3 door|window|windows
        """,
        """
        drunk, high, kill*, hurt, beat, scared, terrified, frightened, afraid, help, knife, gun, bat, police, hiding, threat*, screaming, rage
        break|breaking|kick|kicking ~3 in|down, not ~1 leave|stop|go, let <him> in, ex, exs
        """,
        reach=1,
        unless=_NO_VIOLENCE,
    ),
    rule(
        "violence-now",
        "Describes violence that is happening or close.",
        """
        <somebody> is|s|has|got|have ~3 knife|gun|machete|axe|hammer|scissors ~10 me|us|kids|door|room|hall|now|outside|kill|baby|her|him
        one ~1 has a bat|knife|gun
        ^ he|she|they has|have|is|s ?got ~1 gun|knife|machete $
        <somebody> ~1 grabbed|holding|waving|pulled|pointing ~2 knife|gun|machete
        <somebody> <is> ~2 outside|banging|kicking|smashing|breaking|coming ~10 kill|hurt|beat|drunk|threat* ~5 me|us|he|she|now|in
        <somebody> <is> ~1 kicking|smashing|breaking ~3 door|window|windows ~4 in|down|now|he|help|scared
        <somebody> <is> ~1 banging ~3 door|window|windows down
        <he> ~1 says|threatening|swears ~6 kill|murder|stab|shoot|burn me|us|the
        <he> ~1 said|threatened ~6 kill|murder|stab|shoot me|us ~8 tonight|now|today|when|tomorrow
        !<kicking-baby> <somebody> is|s|keeps ~1 hitting|beating|strangling|choking|attacking|kicking|punching|stabbing me|us|her|him|mum|dad|my ~4
        <somebody> just strangled|choked|punched|kicked me|her|him|mum
        <somebody> ~1 had|has|got|grabbed|held|pinned me|her|mum by my|her|the throat|neck
        hands ~1 around|round my|her throat|neck ~6 tonight|night|today|now|earlier|again
        <somebody> ~1 strangled|choked me|her|mum|my ~5 tonight|now|today|again|earlier|just
        can hear <him> ~2 hitting|beating|hurting|screaming
        hear <him> hitting|beating|hurting
        <he> is|s going to kill|murder me|us|mum
        i|we am|are ~2 hiding ?away|here|upstairs|downstairs|inside|outside|out|again|now|still from him|her|dad|mum
        i|we am|are ~2 hiding ?away|here|upstairs|downstairs|inside|outside|out|again|now|still from my|our ~1 dad|father|husband|boyfriend|ex|mum|brother
        i|we have|am|are ~2 locked|hiding ~3 bathroom|bedroom|toilet|cupboard|wardrobe ~8 he|she|dad|husband|outside|door
        i|we have|am|are ~2 locked|hiding ~3 bathroom|bedroom|toilet|cupboard|wardrobe ~8 they ~3 breaking|banging|kicking|shouting|screaming|fighting|drunk|hit*|hurt*|kill*|coming
        """,
        unless=_NO_VIOLENCE,
    ),
    rule(
        "threat-to-others",
        "Threatens to kill or hurt somebody soon.",
        """
        i am ~2 going to ~1 kill|shoot|stab|murder <him>
        i will ~1 kill|shoot|stab|murder <him>
        i am ~2 going to ~1 kill|shoot|stab everyone|everybody|all
        i am ~3 taking|bringing ~2 gun|knife to ~1 school|work|college|office|house
        i am ~2 going to ~1 burn ~2 house|place|school down
        """,
        """
        gun, knife, loaded, i mean it, tonight, tomorrow, when <he> ~2 home|asleep|out|back|sleeping, school, i have ~2 address, waiting outside|for, no joke, not joking, right now, ready, all pay
        """,
        unless="""
        to ~1 hug|kiss, for years, for eating|leaving|forgetting|stealing|using|breaking|not|waking|spoiling|making|losing, cake, if <he> ~2 forgets|eats|leaves|plays|snores, with kindness, at chess|cards|fifa|mario|tennis
        i ?have thought|think about|i, feel|feels|felt like, scared|afraid ~2 i am|will, surprise
        """,
        reach=1,
    ),
    rule(
        "voices-that-order",
        "Hears voices that order them to hurt somebody.",
        """
        voice|voices ~4 telling|tells|tell|told|commanding|ordering|order|demanding|says|say|saying ~3 to ~1 hurt|kill|harm|stab|jump|die
        voice|voices ~4 telling|tells|tell|told|commanding|ordering ~4 kill|hurt|harm myself|him|her|them|my|someone|somebody|everyone
        """,
        unless="used to hear, years, last time, less now, quieter, stopped now, back in, were telling, i know ~2 not real, my sister|sisters|brother|brothers ?s voice, told <him>",
    ),
    rule(
        "child-in-danger",
        "A child may be in danger now.",
        """
        i am ~1 9|10|11|12|13|14|15|16|17|eleven|twelve|thirteen|fourteen|fifteen|sixteen|nine|ten|eight ~12 touches|touching|beats|locked me|us
        i am ~1 9|10|11|12|13|14|15|16|17|eleven|twelve|thirteen|fourteen|fifteen|sixteen|nine|ten|eight ~12 <he>|dad|uncle|coach hits|hit|hurts me|us !up
        i am ~1 9|10|11|12|13|14|15|16|17|eleven|twelve|thirteen|fourteen|fifteen|sixteen|nine|ten|eight ~12 <he>|dad|uncle|coach hits|hit me|us up against|the
        !<close> <somebody> comes|came|come in|into|to ?into my room|bed +8 night|tonight|again|when|1*
        <somebody> comes|came|come in|into|to ?into my room|bed +12 touch*|hurt*|hits|hit|beats|beat|naked|undress*|knife|grabs|grabbed|drunk
        <somebody> comes|came|come in|into|to ?into my room|bed +12 i ~2 scared|afraid|frightened|terrified
        my little|baby|small|younger|wee brother|sister|sisters ~8 alone|hit|hitting|hurting|beating|screaming|locked ~8 now|drunk|high|again|tonight|off
        shaking|shook|hitting|hit|throwing|threw|dropped the|my|her|his|our ?little <infant>
        baby|newborn|toddler ~3 alone|car ~6 drunk|high|hours|passed
        i am scared|afraid|going|about ~4 shake|hurt|hit|drop|smother the|my|our ?little <infant>
        i might ~1 shake|hurt|hit|drop|smother the|my|our ?little <infant>
        """,
        unless="""
        tickle, story, bath, shaking ~3 bottle, vaccin*, jab, play, playing, last year, social worker, police ~2 came, cup of tea, homework, shaking hands, health visitor, classes, course
        drop|dropped ~3 <infant> at|with|to ~2 nursery|sister|sisters|mum|gran|grandad|dad|childminder|creche|daycare|preschool
        """,
    ),
)
