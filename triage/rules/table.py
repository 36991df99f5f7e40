"""The rules as a table: what each one looks for, what takes it back, and what the moderator reads.

Patterns see one sentence at a time, in lower case and plain letters (``triage.normalise``), with gaps of bounded length.
The words are those that people use; nothing here tells anybody how.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from triage.scales import Severity


class Rule(NamedTuple):
    """One thing that must not wait."""

    slug: str
    severity: Severity
    explanation: str
    signs: tuple[re.Pattern[str], ...]
    """All of them have to be found in the sentence."""
    unless: re.Pattern[str] | None = None
    """What makes the sentence mean something else."""


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts))


_ME = r"(?:i'?m|i am|i'?ll|i will|ima|imma|i|am)"
_GOING = (
    r"(?:going to|gonna|gon|finna|about to|abt to|bouta|planning to|plan to|ready to|will|want to|wanna|away to|tae)"
)
_END = (
    r"(?:kill(?:ing)? (?:myself|me)|end(?:ing)? (?:my life|it all|my own life|everything for good|it)|tak(?:e|ing) my (?:own )?life"
    r"|commit(?:ting)? (?:suicide|sewerslide)|unaliv(?:e|ing) (?:myself|me)|off(?:ing)? myself|kms|ctb|catch(?:ing)? the bus"
    r"|hang(?:ing)? myself|shoot(?:ing)? myself|be dead|die|sewerslide|suicide)"
)
_SOON = (
    r"\b(?:tonight|tonite|2nite|the night|tonight's|today|right now|rn|this (?:evening|morning|afternoon|weekend)|tomorrow|tmrw"
    r"|in an hour|in a few (?:hours|minutes)|before (?:sunrise|morning|dawn|midnight)|by (?:morning|tomorrow|midnight|the weekend)"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|as soon as|once (?:they|the kids|everyone|he|she)|when (?:they|everyone|my)"
    r"[^.]{0,25}(?:asleep|work|school|bed)|this is it)\b"
)
_LAUGHING = r"\b(?:lol|lmao+|haha+|rofl|jk|kidding|joking|just a joke)\b|\U0001f602|\U0001f923"
_NOT_ME = (
    r"\b(?:not|n't|never|didn't|don't|won't|wouldn't|isn't) (?:\w+ ){0,3}?(?:going to |gonna |want to |wanna |planning |plan )?"
    r"(?:kill|end|take|commit|die|do it|unalive)|\bno (?:plans?|intention|thoughts?)\b"
)
_PAST = (
    r"\b(?:years?|months?|weeks|decades?|ages) ago\b|\blast (?:year|month|summer|winter|spring|autumn|fall)\b|\bin (?:19|20)\d\d\b"
    r"|\bback (?:then|in)\b|\bused to\b|\bwhen i was (?:a|in|\d+|young|little|younger)\b|\bas a (?:kid|child|teen)|\bonce (?:tried|took|had)\b"
    r"|\banniversary\b|\bturned out\b|\ball clear\b|\brecover(?:ed|y|ing)\b|\bsurviv(?:ed|or)\b|\bgrateful\b|\bin the (?:19)?\d0s\b"
    r"|\bin the (?:nineties|eighties|seventies)\b"
)
_STORY = (
    r"\b(?:film|movie|novel|book|series|episode|season|song|lyrics?|character|game|boss|level|podcast|documentary|essay|article|news"
    r"|study|poem|play|scene|plot|chapter|training|course|workshop|poster|leaflet|myth)\b"
)
_HEDGE = r"\b(?:if|would|could|might|what if|imagine|in case|afraid|scared|worry|worried) (?:\w+ ){0,3}(?:i|he|she|they|it|that)\b"
_SOMEBODY = (
    r"(?:my|our|a|this|the) (?:\w+ )?(?:friend|mate|brother|sister|son|daughter|kid|child|boy|girl|mum|mom|mam|dad|father|mother|husband|wife|partner"
    r"|boyfriend|girlfriend|bf|gf|ex|roommate|flatmate|housemate|cousin|uncle|aunt|nephew|niece|neighbour|neighbor|colleague|student|user|member|bro|sis|nan|gran)"
)
_THEY = rf"(?:{_SOMEBODY}|he|she|they|somebody|someone|girl|boy|user)"
_TAKEN = r"(?:took|taken|swallowed|downed|drank|drunk|necked|had|eaten|ate|tok|take|drink)"
_LOT = (
    r"(?:all (?:of )?(?:my|his|her|their|the|them|it)|the (?:whole )?(?:lot|box|bottle|pack|packet|strip)|a whole (?:box|bottle|pack|packet|strip)"
    r"|too (?:many|much)|a (?:bunch|load|handful|fistful) of|way too|way more than|more than i should|every (?:pill|tablet)|them all|a bottle of)"
)
_MEDICINE = (
    r"(?:pills?|pils|tablets?|meds|medicines?|medication|paracetamol|tylenol|acetaminophen|aspirin|ibuprofen|insulin|antidepressants?|sleepers|sleeping"
    r"|xanax|benzos?|valium|oxys?|opioids?|painkillers|co-?codamol|morphine|methadone|capsules?|lithium|propranolol|sertraline|benadryl|heroin|fentanyl)"
)
_ALCOHOL_OR_BENZO = (
    r"\b(?:drinking|drink|alcohol|booze|vodka|whisk(?:e)?y|wine|beers?|spirits|litre|xanax|benzos?|valium|klonopin|ativan|lorazepam|diazepam"
    r"|clonazepam|alprazolam|zopiclone|bottle|bevvy|drinker|gin|rum)\b"
)
_STOPPED = r"\b(?:stopped|quit|cold turkey|came off|come off|gave up|given up|since my last (?:drink|dose)|no alcohol|no drink|withdraw\w*|detox\w*|days? (?:\d+|one|two|three|four) (?:off|without|no|sober|of not)|without a drink|ran out of)\b"
_WITHDRAWAL_DANGER = (
    r"\b(?:seizures?|a fit|fits|had some kind of fit|convuls\w+|hallucinat\w+|seeing (?:things|people|insects|bugs|shadows|my dead)|saw (?:things|people|bugs|insects|my dead)"
    r"|hearing (?:things|voices)|insects on|bugs on|spiders on|(?:hands?|body|arms?) (?:are |won't stop |is |were |keep )?(?:shaking|flapping|trembling)|shaking (?:so|and|badly|uncontroll)"
    r"|shakes so bad|doesn't know (?:what|where|who)|don't know what (?:day|year)|confused|heart (?:is |was )?(?:racing|banging|pounding))"
)
_EMERGENCY = (
    r"(?:crushing|tight(?:ness)?|squeezing|heavy|severe|bad|sharp) (?:\w+ ){0,2}(?:pain )?(?:in|on|across) (?:my|his|her) chest[^.]{0,80}(?:arm|jaw|breath|sweat|faint)",
    r"chest (?:pain|hurts|is tight)[^.]{0,80}(?:left arm|down (?:my|his|her) arm|my jaw|can'?t (?:catch my )?breath|can'?t breathe|sweating)",
    r"(?:face|mouth) (?:is |has |has gone |went |gone |looks )?(?:droop\w*|numb|slipped)[^.]{0,80}(?:side|arm|words|speech|speak|slur)",
    r"(?:slurr\w+|can'?t (?:find|get) (?:my |the )?words)[^.]{0,60}(?:arm|face|numb|side)",
    r"(?:throat|airway) (?:is |feels like it'?s |keeps )?(?:clos\w+|swelling)",
    r"tongue (?:is |has )?(?:huge|swell\w*|swollen)",
    r"(?:vomiting|throwing up|coughing up|puking|being sick with) (?:\w+ ){0,2}blood",
    r"(?:bleeding|blood) (?:\w+ ){0,3}(?:won'?t|hasn'?t|doesn'?t|isn'?t|not|wont|cant) (?:\w+ )?stop",
    r"(?:not|isn'?t|n'?t|stopped) breathing|breathing (?:funny|weird|wrong)|lips (?:are |look |have gone |went |going )?(?:blue|grey|gray|purple)",
    r"(?:can'?t|cannot|cant|couldn'?t|won'?t|wont|isn'?t|isnt|not|nt|unable to) (?:get (?:him|her|them) to )?(?:wake|waking|wakin|rouse)(?: (?:him|her|them|up))?|(?:can'?t|won'?t) get (?:him|her|them) to (?:wake|open)",
    r"(?:fits?|seizures?) (?:in a row|one after|won'?t stop|isn'?t stopping|for (?:ten|\d\d) min)|(?:had|having) (?:two|three|four|several) (?:fits|seizures)",
    r"(?:inhaler|puffer|nebuli[sz]er) (?:is |has )?(?:n'?t|not|isn'?t|isnt|doing nothing|empty|stopped)[^.]{0,40}",
    r"(?:sugar|glucose|bg|bs)\b[^.]{0,30}\b(?:[0-2]\.\d|[0-2]|3\d|2[5-9])\b[^.]{0,60}(?:confus|think|thnik|vomit|throwing up|no juice|no sugar|passing out|shak)",
)

RULES: tuple[Rule, ...] = (
    Rule(
        "intent-with-time", Severity.CRISIS, "Says that they mean to end their life, and when.",
        (re.compile(rf"\b{_ME} (?:\w+ ){{0,4}}?{_GOING} (?:\w+ ){{0,3}}?{_END}\b|\b{_ME} (?:\w+ ){{0,2}}?(?:killing myself|ending (?:my life|it)|ending it all|unaliving myself|offing myself)\b"
                    rf"|\b{_END} (?:\w+ ){{0,3}}?(?:tonight|tonite|today|rn|right now)\b|^(?:going to|gonna) (?:\w+ ){{0,2}}?{_END}"),
         re.compile(_SOON)),
        _any(_LAUGHING, _NOT_ME, _STORY, _PAST, r"\bwant(?:ed)? to die of\b", r"\b(?:he|she|they|who|you) (?:said|says|told|wrote|posted)\b", r"\bend(?:ing)? it (?:with|between)\b",
             r"\bfeel(?:s|ing)? like i'?m (?:going|gonna)\b", r"\bi (?:thought|wanted|was going)\b"),
    ),
    Rule(
        "decided-or-prepared", Severity.CRISIS, "Says that the decision is made or everything is ready.",
        (_any(rf"\bi(?:'ve| have) (?:decided|chosen|made up my mind)[^.]{{0,40}}(?:to die|{_END})",
              r"\b(?:my|i have a|i've got a|i've made a|the) (?:suicide )?plan (?:is set|is ready|is in place|to (?:kill myself|end|die))",
              rf"\b(?:everything|all) (?:is|'s|i need is)? ?(?:ready|prepared|set|in place)[^.]{{0,50}}{_END}",
              r"\b(?:wrote|written|left|writing|finished) (?:\w+ ){0,3}(?:suicide (?:note|letter)|goodbye (?:note|letter)s?)",
              r"\bmy suicide (?:note|letter)"),),
        _any(_LAUGHING, _NOT_ME, _STORY, _PAST, r"\b(?:he|she|they|who|brother|sister|son|friend) (?:\w+ )?(?:left|wrote|had written)\b"),
    ),
    Rule(
        "goodbye", Severity.CRISIS, "Reads like a goodbye.",
        (_any(r"\bby the time (?:\w+ ){0,2}reads? this\b", r"\b(?:this is|it's) (?:my )?(?:last|final) (?:goodbye|message|post|night (?:on earth|alive))",
              r"\bmy last (?:night|day|hours?) (?:on earth|alive|on this earth)\b", r"^(?:good ?bye|bye) (?:everyone|all|world|forever)[^.]{0,20}$",
              r"\bi won'?t be (?:here|alive|around) (?:tomorrow|in the morning|by (?:morning|tomorrow|the weekend))\b",
              r"\byou (?:won'?t|will not|wont) (?:be hearing|hear) from me (?:again|after)", r"\bi(?:'ll| will) be dead (?:by|before|tomorrow|tonight|in)\b|\bin an hour i'?ll be dead\b"),),
        _any(_LAUGHING, _STORY, _PAST, r"\b(?:holiday|vacation|offline|no (?:signal|wifi|internet)|camping|surgery|shift|account|forum|app|tent|grid|fishing|job|office|school|game|moving|hike|retreat)\b"),
    ),
    Rule(
        "overdose-taken", Severity.CRISIS, "Says that somebody has taken too much.",
        (_any(rf"\b(?:i(?:'ve| have)?|{_THEY}(?:'s| has| have)?) (?:\w+ ){{0,2}}?{_TAKEN} (?:\w+ ){{0,2}}?{_LOT}(?: \w+){{0,3}}? {_MEDICINE}",
              rf"^(?:took|swallowed|downed) (?:\w+ ){{0,2}}?{_LOT}(?: \w+){{0,3}}? {_MEDICINE}",
              r"\b(?:i(?:'ve| have)?) (?:just )?(?:took|swallowed|downed) (?:the lot|them all)\b",
              rf"\b{_TAKEN} (?:\w+ )?more (?:\w+ )?(?:{_MEDICINE} )?than (?:i|he|she|they) should",
              r"\btook an overdose (?:\w+ ){0,3}?(?:ago|tonight|today|earlier|just)", r"\b(?:i|he|she)(?:'ve|'s| have| has| just)+ (?:overdosed|od'?d)\b"),),
        _any(_PAST, _STORY, _LAUGHING, r"\b(?:nearly|almost|wanted to|thought about|could have|never|didn't|if) (?:\w+ )?(?:took|take|taken|swallow\w*)\b", r"\bas (?:prescribed|usual|normal)\b",
             r"\b(?:flush|bin|hand|give|gave|taken? (?:\w+ )?back to)\w*\b[^.]{0,30}(?:pharmacy|toilet|bin)"),
    ),
    Rule(
        "medical-emergency", Severity.CRISIS, "Describes signs of a medical emergency.",
        (_any(*_EMERGENCY),),
        _any(_PAST, _STORY, _LAUGHING, r"\b(?:call|ring|dial|phone)(?:ed)? (?:999|911|112|an ambulance|emergency)[^.]{0,20}if\b", r"\b(?:signs?|symptoms?) (?:of|are|include)\b", r"\bif (?:you|your|someone|somebody|they|he|she)\b",
             r"\b(?:ppl|people|some1|anyone|ur|your|leftover|newborn|nappies|untreated)\b", r"\b(?:say|check|keep) (?:'|\")?(?:not )?breathing", r"\bthat'?s (?:an ambulance|999|911|112)\b", r"\bsleep\b.*\bnot wake up (?:til|until)\b",
             r"\b(?:dog|cat|puppy|kitten|phone|car|boiler|printer|laptop)\b", r"\b(?:can|could) (?:cause|lead|mean)\b", r"\b(?:was|were|had been) (?:treated|sorted|fine|nothing)\b",
             r"\blast (?:week|night|year)[^.]{0,60}(?:hospital|better|fine|home)"),
    ),
    Rule(
        "violence-now", Severity.CRISIS, "Describes violence that is happening or close.",
        (_any(rf"\b(?:{_THEY}) (?:\w+ ){{0,3}}?(?:has|got|with|holding|waving|grabbed) (?:\w+ )?(?:a |the )?(?:knife|gun)\b[^.]{{0,80}}(?:me|us|kids|hall|door|room|now)",
              r"\b(?:he|she|they|dad|ex|husband|wife|boyfriend)(?:'s| is| was)? (?:\w+ ){0,3}?(?:outside|banging on|at the door|breaking (?:in|down)|coming up the stairs|on (?:his|her|their) way)[^.]{0,80}(?:kill|hurt|finish|hit|drunk|beat)",
              r"\bsa(?:ys|id) (?:he|she|they)(?:'ll|'s| will| is)? (?:going to |gonna )?kill (?:me|us)\b[^.]{0,60}(?:tonight|now|when|today|in)",
              r"\b(?:he|she|dad|he's|she's) (?:is )?(?:hitting|beating|strangling|choking|attacking) (?:me|us|her|him|my \w+)\b[^.]{0,30}(?:now|again)?",
              r"\bhear (?:him|her|them) (?:hitting|beating)[^.]{0,40}now\b"),),
        _any(_PAST, _STORY, _LAUGHING, r"\b(?:chess|cards|tennis|game|tug of war|monopoly|scrabble)\b", r"\bif (?:he|she|they)\b"),
    ),
    Rule(
        "threat-to-others", Severity.CRISIS, "Threatens to kill or hurt somebody soon.",
        (_any(r"\b(?:i'?m|i am|ima|imma|i will|i'll) (?:going to |gonna )?(?:kill|shoot|stab|murder) (?:him|her|them|everyone|all of them|my \w+)\b[^.]{0,80}(?:gun|knife|loaded|ready|when (?:he|she|they)|i mean it|school)",
              r"\b(?:they'll|they will|everyone will|you'll) all pay\b"),),
        _any(_LAUGHING, _STORY, _PAST, r"\bfor (?:eating|leaving|forgetting|stealing|using|breaking|not|waking)\b"),
    ),
    Rule(
        "third-person-now", Severity.CRISIS, "Somebody else may be about to end their life.",
        (_any(rf"\b{_THEY} (?:\w+ ){{0,4}}?(?:text\w*|said|says|sent|wrote|posted|told|messaged|left|typed)[^.]{{0,60}}(?:goodbye|suicide note|a note|last (?:one|message)|kill(?:ing)? (?:himself|herself|themsel\w+)"
              rf"|end(?:ing)? (?:his|her|their|it)|won't (?:be here|come out) (?:alive|tomorrow)|doing it tonight|do it tonight|wants? to die tonight)",
              rf"\b{_THEY}(?:'s| is) (?:\w+ )?(?:on the (?:roof|bridge|ledge|tracks)|about to jump|going to kill (?:himself|herself|themsel\w+)|doing it tonight)",
              r"\bwon'?t come out alive\b", r"\bleft a note\b[^.]{0,60}"),
         _any(r"\b(?:now|tonight|just|off|alone|roof|bridge|where|gone|missing|last|answer\w*|alive|phone|door|today|minutes?|only know|this)\b|left a note|goodbye")),
        _any(_PAST, _STORY, _LAUGHING, r"\b(?:on the|for the) (?:fridge|door|desk|windscreen|teacher|milkman)\b", r"\bfound (?:him|her|them) (?:in time|safe)\b", r"\bafter the (?:show|concert|party)\b",
             r"\bgoodbye (?:party|kiss|drinks|cake|card|hug|lunch|present)\b"),
    ),
    Rule(
        "encourages-suicide", Severity.RED, "Encourages somebody to end their life or to harm themselves.",
        (_any(r"\b(?:you should|u should|just|go|please|why don'?t you) (?:\w+ )?(?:kill yourself|kys|end yourself|off yourself|end your life)\b", r"^(?:kys|kill yourself)\b",
              r"\b(?:nobody|no one|noone) (?:would|will) (?:even )?(?:miss|stop) you\b", r"\bworld (?:would be|is|will be) better (?:off )?without you\b",
              r"\b(?:ending it|suicide|dying|killing yourself) is (?:the|a|an|your) (?:\w+ )?(?:brave|beautiful|best|only|right|noble|easy|honest) (?:choice|way|option|answer|thing)",
              r"\bcutting is (?:beautiful|art|good|pure)", r"\bi know (?:the|a) (?:\w+ )?(?:peaceful|painless|easy) way\b", r"\b(?:stop|quit) calling (?:hotlines|helplines)[^.]{0,40}(?:do|go)",
              r"\blet(?:'s| us) (?:do it|die|end it) together\b"),),
        _any(_STORY, r"\b(?:told|tells|telling|said|says|wrote|texted|messaged|called) (?:me|him|her|us|them|i should|that)\b", r"\bhe says\b|\bshe says\b", r"\b(?:don'?t|do not|never|please don'?t|nobody should|not) (?:\w+ ){0,3}(?:kill yourself|end your life|do it|tell)",
             r"\bvoices?\b", r"\bif (?:someone|anybody|anyone|people)\b", r"[\"“”].*(?:kill yourself|kys|miss you|without you)", r"\bcigarette|smok\w+|ticket\b"),
    ),
    Rule(
        "child-in-danger", Severity.CRISIS, "A child may be in danger now.",
        (_any(r"\b(?:i'?m|im|i am) (?:only )?(?:\d|1[0-7])\b[^.]{0,80}(?:comes (?:in)?to my room|touches me|touching me|hits me|locked me)[^.]{0,40}(?:tonight|again|now|every)?",
              r"\bmy (?:little|baby|small|younger) (?:brother|sister)\b[^.]{0,60}(?:alone with|hit|hitting|hurting|beating)[^.]{0,60}(?:now|drunk|high|again|stairs)",
              r"\b(?:hit|hits|hitting|shaking|shook) (?:the|my|her|his) baby\b[^.]{0,40}(?:now|again|today)"),),
        _any(_PAST, _STORY),
    ),
)  # fmt: skip

EVERYWHERE: tuple[Rule, ...] = (
    Rule(
        "dangerous-withdrawal", Severity.CRISIS, "Describes signs of dangerous withdrawal from alcohol or sedatives.",
        (re.compile(_STOPPED), re.compile(_ALCOHOL_OR_BENZO), re.compile(_WITHDRAWAL_DANGER)),
        _any(_PAST, _STORY, r"\bif (?:you|someone|they)\b", r"\bsymptoms? (?:can|may|include)\b", r"\bin (?:hospital|detox|the ward|rehab)\b", r"\b(?:can|could|may) (?:cause|be|lead|have)\b", r"\bpeople\b"),
    ),
)  # fmt: skip
"""Rules whose signs may stand in different sentences."""

JOINING = re.compile(
    r"^(?:me too|same(?: here)?|i'?m in|im in|count me in|let'?s|with you|i'?ll join|me as well|together|so am i|ditto)\b[^?]{0,60}$"
)
"""A short answer that joins in."""

STEMS = re.compile(
    r"kill|die|dead|death|suic|kms|kys|ctb|unaliv|sewerslide|end(?:ing)? (?:it|my|your|everything)|off myself|goodbye|good bye|bye|by the time|last (?:night|day|message|post)|hear(?:ing)? from me"
    r"|took|taken|swallow|downed|necked|overdos|od'?d|pill|pils|tablet|seizure|fit|convuls|hallucin|shak|insects|bugs|chest|face|mouth|slur|words|throat|tongue|blood|bleed|breath|lips|wak"
    r"|inhaler|puffer|sugar|glucose|knife|gun|banging|outside|stairs|hitting|beating|strangl|chok|hear him|hear her|pay|shoot|stab|murder|note|roof|bridge|tracks|alive|miss you|stop you|without you"
    r"|brave|cutting is|peaceful|hotline|helpline|together|be here|around|my room|touch|alone with|baby|life|hang|suicide|plan|nebuli|bg|bs|do(?:ing)? it|on (?:his|her|their) way"
)
"""One of these is in every sentence that a rule could fire on: a quick look before the slow ones."""
