"""Sentences for the rules screen, all made up: found though a word beside it is often one of jokes or fear."""

from __future__ import annotations

INTENT_WITH_FEELING = [
    "I think I'm going to step in front of a train.",
    "I'm scared I'm going to step in front of a train.",
    "I can't do this. I think I'm going to walk into traffic in front of a bus.",
    "honestly i think im going to kill myself",
    "I am so afraid that I am going to end my life",
    "I'm worried I will kill myself",
    "I'm going to lie down on the tracks.",
    "im gonna lay across the train tracks",
    "I am going to lie on the railway line",
    "I'm going to walk into traffic",
]
"""Nothing but how it feels stands beside: they are as certain as any."""

INTENT_IN_DOUBT = [
    "I feel like I'm going to step in front of a train.",
    "My boss sacked me so I'm going to step in front of a train.",
    "After the exam I'm going to step in front of a train.",
    "Everything hurts and unless something changes I'm going to step in front of a train.",
    "One more letter from the DWP and I'm going to step in front of a train.",
    "I literally am going to step in front of a train",
    "I thought about it all day, and I think I'm going to hang myself",
    "I'm going to step in front of a train 😂",
    "lol im going to kill myself",
    "my life is a joke and im going to kill myself",
    "It's a nightmare and I'm going to end my life",
    "My relationship is over and I'm going to kill myself",
    "the urge is too strong and I am going to kill myself",
    "worse than ever. worse than i have ever been and i am going to end my life",
    "he wants me to go to the meeting and im going to hang myself",
    "My mum is worried that I'm going to kill myself",
    "the boss was laughing at me and i will kill myself",
]
"""A word beside it doubts that it is meant; it may well be."""

POISON_BESIDE = [
    "My cat died and I drank bleach.",
    "i drank bleach, my dog is looking at me",
    "I drank bleach because mum died and I can't do it.",
    "I drank antifreeze and I feel like death",
    "when the kids were asleep i swallowed weedkiller",
    "I drank bleach 😂",
    "I drank hand sanitiser, the whole bottle.",
    "my brother drank sanitizer",
    "I drank rubbing alcohol because the shop was shut",
    "drank surgical spirit, there was nothing else",
    "I downed a bottle of mouthwash",
]

CHILD_BESIDE = [
    "my baby ate a tablet when I was in the shower",
    "toddler ate nans heart tablets, it was nearly full box",
    "My son has swallowed a battery, he was almost asleep",
]

TAKEN_TO_THE_LAST = [
    "She took them all, she is so quiet",
    "he swallowed it all",
    "they necked the lot",
    "I took them all.",
    "My son's friend took a double dose of methadone",
    "yesterday my mum has taken a double dose of her morphine",
]

ENCOURAGING = [
    "You should end your misery.",
    "You should end your life of misery.",
    "Like you said, nobody would miss you.",
    "You said nobody would miss you. Correct.",
    "You think the world would be better off without you. You're right.",
    "No one would care if you died.",
    "no one would notice if you were gone, do it",
    "no one would miss you, just do the world a favour",
    "no-one will even miss you",
    "noone would care if ur gone",
    "You'd be better off dead.",
    "ur better off dead tbh",
    "you would all be better off dead",
    "Believe me, you are better off dead.",
    "You should end your life.",
    "you should end your own life",
    "Talk of suicide every day. Just do it already.",
    "You want to die? Just do it already!",
    "Cutting is good for you.",
    "You think you are special. The world would be better off without you.",
]

TELLING_HOW_BESIDE = [
    "You just take 4 tablets and bin it. Good luck with your suicide.",
    "You just take 40 tablets when they are not coming home. Good luck with your suicide.",
    "For suicide, 4 mg of sertraline could be lethal.",
    "For suicide, 4 mg of sertraline works best.",
    "To die, 40 tablets can be fatal.",
    "i looked up how to end it and you just take 50 tablets, overdose is easy",
    "Overdose. Step 1: take 500mg of morphine.",
    "Suicide instructions: a rope and a chair",
    "Helium works best for suicide.",
    "instructions for suicide: 2000mg of morphine",
    "Suicide is easy, 40 tablets can be fatal within hours.",
    "I googled how to tie a noose: you just loop the rope. suicide",
    "Suicide is told at https://988lifeline.org.example.to/x, you can find how to do it there",
]
"""Held, though a warning, a known address or a search of one's own stands there or seems to."""
