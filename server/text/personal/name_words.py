"""Words that tell a name from what people say of themselves after "my name is" or "I'm"."""

from __future__ import annotations

from server.text.personal.detail import words_of

PARTICLES = words_of(
    """
    al bin da de del della den der di dos du el ibn la le mac ten ter van von y zu
    """
)

# Behind any of these a name is over.
ENDS_A_NAME = words_of(
    """
    a about after again all also am an and any are around as at aus bc be because been before being born btw but
    by can cause could cuz did do does don't e each erm et even ever every for from fyi had haha has have he hello
    her here hey hi his how i i'm i've idk if im imo in is isn't it it's its ive just know like may me meh my near
    no none not now of off omg on once only onto or our out over pls plz she should sigh since so some still tbh
    than that that's the their them then there they this though thx to today tonight too ty ugh um und under until
    up was we were what when where who why will with without would x xo xx yes yet you your
    """
)

# Words that stand where a name could and are none; among them the ones such forums are full of.
NO_NAMES = words_of(
    """
    able abuse abuser addict addicted alcohol alcoholic alive alone alright always american and angry anonymous
    anorexic another anxious asexual ashamed asian asleep atheist australian autistic average awake aware away
    awful back bad bed beyond big bipolar bisexual black blank blessed blind boring both brand british broke
    broken brother bulimic busy cancer carer catholic chronic chronically clean clear clinical cold coming common
    complete confused cool crazy cursed cut dad dark daughter dead deaf definitely depressed depression desperate
    diabetes diabetic different dirt disabled divorced done down drained drunk dry dumb dutch dying easy eight
    eighteen eighty eleven embarrassed empty english enough epileptic ex extremely failure false family fan father
    fed feeling female fifteen fifty fine first five forever forty four fourteen free french frightened fucked
    full fun gay german getting girl glad going gone good grateful great greek guilty half happy hard hate healing
    healthy heartbroken hell homeless hopeful hopeless horrible hot human hungry hurt husband ill indian injured
    insane insulin invisible irish irrelevant italian jewish junkie kind kinda known last late lesbian less level
    lol lonely long lost lots lucky lurker mad male man married mental mentally metformin meth mexican mid middle
    midnight miserable missing mom more mother much mud mum muslim needing never new newbie newly next nine
    nineteen ninety nobody nonbinary normal nothing numb nurse obese off officially ok okay old one open other
    outcast overweight pain panic paranoid parent part past patient peer pen people perfect poison polish
    powerless prediabetic pregnant pretty private proof proud public pump quite rather ready real really
    recovering recovery relapsed relieved right ruined running sad safe same scared schizophrenic scottish scum
    second secret self serious seven seventeen seventy sexless shit short shy sick single sister six sixteen sixty
    slow smoke sober some somebody someone something somewhat son sorry sort spanish special stable stage starting
    still stoned stopped strong struggling stuck student stupid suicidal super sure survivor team ten terrible
    terrified thankful third thirsty thirteen thirty three time tired toast together total totally toxic trans
    transgender trapped trash triggered true truly trying twelve twenty twice two type typical unable undecided
    unemployed unhappy unimportant unknown unsure unwell upset useless usually vegan very veteran victim weak
    welcome well welsh white widowed wife wired without woman worried worse worst worth worthless wrong young
    yours zero
    """
)

# Of all these words the ones that are somebody's first name, if it begins with a capital, and surnames too.
ALSO_FIRST_NAMES = words_of("may will")
ALSO_SURNAMES = words_of("black dutch english french good irish long self short strong welsh white young")

DESCRIBING_ENDINGS = tuple(
    words_of("able ally ative ed etic ful holic ible ically ing ious ish ism ist less ly ment ness ous tion")
)
NAMES_WITH_ENDINGS = tuple(
    words_of(
        """
    ahmed alfred ally billy connelly connolly donnelly elly emily fred hamed hing holly jared kelly king lily ling
    manning ming mohamed mohammed molly ning polly reed reilly saeed sally sayed sheed sterling syed ting waleed xing
    ying
    """
    )
)
