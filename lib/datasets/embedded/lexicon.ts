/**
 * The words and phrases that the embedded corpus makes its sentences of.
 *
 * All are written for this purpose: lower case, letters and spaces only, as in
 * the Kaggle *Emotions* data. Lists run from common to rare where order counts.
 *
 * @module
 */

/** The labels 0 to 5 of the Kaggle *Emotions* data, in order. */
export const textEmotions = ["sadness", "joy", "love", "anger", "fear", "surprise"] as const;

/** One of {@linkcode textEmotions}. */
export type TextEmotion = (typeof textEmotions)[number];

/** Splits at bars; a line break counts as a space. */
function list(text: string): readonly string[] {
  return text.split("|").map((phrase) => phrase.trim().replace(/\s+/g, " "));
}

/** What one can feel: completes "i feel …". Common words first. */
export const feelings: Readonly<Record<TextEmotion, readonly string[]>> = {
  sadness: list(`sad|lonely|unhappy|hopeless|empty|depressed|miserable|heartbroken|worthless|numb
    |disappointed|ashamed|guilty|gloomy|lost|exhausted|discouraged|hurt|homesick|defeated|broken
    |devastated|useless|rejected|unloved|abandoned|down|dull|awful|sorry|unwanted|drained|tearful
    |terrible|isolated|ignored|crushed|inadequate|regretful|hollow|weary|forgotten|melancholy
    |disheartened|burdened|neglected|sorrowful|pathetic|humiliated|weepy|wretched|dejected|beaten
    |despondent|mournful|bleak|sombre|joyless|forlorn|glum|downcast|inconsolable|crestfallen`),
  joy: list(`happy|glad|excited|cheerful|proud|confident|content|relaxed|hopeful|peaceful
    |wonderful|joyful|grateful|delighted|pleased|satisfied|calm|successful|inspired|optimistic
    |energetic|amazing|comfortable|fantastic|lucky|blessed|thrilled|strong|ecstatic|playful
    |productive|creative|carefree|festive|rested|refreshed|eager|brave|free|lively|elated|welcome
    |radiant|triumphant|determined|sunny|upbeat|valued|bouncy|merry|splendid|serene|fabulous
    |invigorated|jubilant|exhilarated|gleeful|chirpy|accomplished|buoyant|overjoyed|invincible`),
  love: list(`loving|loved|affectionate|caring|tender|romantic|passionate|compassionate|fond
    |sympathetic|devoted|gentle|adored|generous|supportive|cherished|warm|sentimental|sweet
    |attached|accepted|faithful|longing|loyal|nostalgic|smitten|treasured|beloved|nurturing
    |enchanted|tenderhearted|kindhearted|cuddly|protective|intimate|admired|infatuated|enamoured
    |besotted|doting`),
  anger: list(`angry|annoyed|mad|irritated|frustrated|furious|jealous|bitter|resentful|offended
    |outraged|cranky|rude|insulted|hateful|impatient|bothered|agitated|grumpy|cold|selfish
    |disgusted|greedy|hostile|violent|stubborn|dissatisfied|envious|wronged|enraged|mean|spiteful
    |irritable|rebellious|aggravated|cheated|petty|cross|fuming|vicious|vengeful|livid|seething
    |indignant|savage|exasperated|infuriated|snappy|belligerent|incensed|heartless|quarrelsome`),
  fear: list(`scared|afraid|anxious|nervous|worried|insecure|terrified|frightened|uncertain
    |vulnerable|overwhelmed|uncomfortable|shy|pressured|helpless|threatened|restless|reluctant
    |shaky|paranoid|hesitant|unsure|tense|intimidated|uneasy|suspicious|timid|fearful|doubtful
    |distressed|alarmed|apprehensive|panicky|jittery|shaken|edgy|frantic|skittish|trapped
    |tormented|defenceless|petrified|wary|trembling|jumpy|spooked|unnerved|horrified|queasy`),
  surprise: list(`surprised|amazed|shocked|curious|impressed|strange|funny|stunned|dazed|weird
    |overwhelmed|astonished|startled|speechless|intrigued|puzzled|bewildered|baffled|astounded
    |perplexed|awestruck|dumbfounded|fascinated|staggered|flabbergasted|incredulous|thunderstruck
    |disoriented|gobsmacked|mystified|wonderstruck|spellbound`),
};

/** What happened, without naming the emotion: completes "i …" and takes a topic. */
export const episodes: Readonly<Record<TextEmotion, readonly string[]>> = {
  sadness: list(`cried myself to sleep over|can not stop crying about|lost all interest in
    |miss everything about|barely got out of bed because of|keep blaming myself for
    |sat in the dark thinking about|broke down in tears over|wish i could undo
    |stared at the ceiling all night over|have given up on|packed away every photo of`),
  joy: list(`can not stop smiling about|had the best time with|danced in the kitchen because of
    |sang all the way home thanks to|laughed until my sides ached over|am on top of the world with
    |jumped up and down about|celebrated all weekend because of|woke up grinning about
    |am counting the days until i get back to|could hug everyone because of|am in high spirits over`),
  love: list(`give my whole heart to|could spend forever with|want to hold on to
    |will always have a soft spot for|blush when i think of|wrote a poem for|want to take care of
    |keep a little note about|fall a bit more each day for|would do anything for`),
  anger: list(`slammed the door because of|wanted to scream about|am sick and tired of
    |can not stand|threw my phone across the room over|shouted at everyone about
    |gritted my teeth through|stormed out because of|will never forgive anyone for
    |want to punch a wall over|ranted for an hour about|lost my temper over`),
  fear: list(`could not sleep because of|keep checking the locks since|dread everything about
    |was shaking because of|have butterflies about|break into a cold sweat over
    |hid under the blanket because of|hold my breath whenever it comes to|run from
    |can not face|keep imagining the worst about|froze on the spot because of`),
  surprise: list(`never saw it coming with|could hardly believe|was caught off guard by
    |had to read it twice to believe|dropped my cup over|never expected|rubbed my eyes at
    |gasped out loud at|had no idea about|still can not get my head around`),
};

/** Topics that say nothing of the emotion. */
export const topics: readonly string[] = list(`my job|the new house|my family|this class|school|my
  writing|the weather|this project|my body|the trip|my friends|the whole situation|my sister|work
  today|the book i am reading|what he said|her message|the meeting|our dog|my hair|the city|the
  phone call|this blog|the music|dinner|my mother|the interview|my flatmate|church|the season|my
  past|the future|the news|being here|going home|the results|my teacher|the neighbours|this
  relationship|running in the morning|cooking|the game last night|the exam|my boss|the doctor
  |money|the move|the kids|my grandfather|the garden|learning guitar|the train ride|our anniversary
  |moving abroad|my thesis|the haircut|the choir|a stranger at the station|my old diary|the way she
  looked at me|public speaking|the lake|my handwriting|a letter from my cousin|the coffee shop|the
  rain|my reflection in the mirror|the photographs|swimming|my knee|the bus driver|social media
  |this chapter|the recipe|my brother|the committee|the film we watched|growing older|the guests
  |painting the fence|the software|volunteering|that song|the report|yoga|the library|a dream i
  had|the election|my accent|the traffic|the baby shower|my diet|the landlord|college|a customer`);

/** Topics that lean to one side; {@linkcode pleasant} ones mostly go with pleasant emotions. */
export const pleasant: readonly string[] = list(`the party|my birthday|the holiday|the gift he gave
  me|winning the prize|the wedding|my promotion|the sunshine|the puppy|a good night of sleep|her
  kind words|the newborn|a surprise visit|the picnic|my raise|the standing ovation|a warm bath|the
  fireworks|finishing the marathon|the homemade cake|our reunion|getting the scholarship`);

/** The other side of {@linkcode pleasant}. */
export const unpleasant: readonly string[] = list(`the funeral|losing my job|the accident|my illness
  |the argument|his lies|the pain in my back|the break up|being late again|the bills|the hospital
  |the storm|the burglary|failing the test|the divorce|a broken promise|the layoffs|my debts|the
  gossip|the stain on the carpet|a parking fine|the diagnosis`);

/** Who feels, and when. */
export const subjects: readonly string[] = list(`i|i|i|i|i|i|i just|i still|i really|i always|i
  often|i kind of|i sometimes|today i|lately i|i know i|i think i|i guess i|i must admit i|i have
  to say i|this morning i|i suppose i|these days i|for once i|once more i|i honestly|i realise i`);

/** Verbs that join subject and feeling. */
export const verbs: readonly string[] = list(
  `feel|feel|feel|feel|feel|am feeling|was feeling|am left
  feeling|started to feel|began to feel|end up feeling|keep feeling|have been feeling|felt|feel
  myself getting|woke up feeling|came away feeling|walk around feeling|tend to feel|went to bed
  feeling|have every reason to feel`,
);

/** Refusals of a feeling: the emotion is another than the word names. */
export const denials: readonly string[] = list(`i do not feel|i dont feel|i didnt feel|i no longer
  feel|i never feel|i cant say i feel|i am far from feeling|nobody could say i feel`);

/** How much; most often nothing is said. */
export const degrees: readonly string[] = list(`|||||so|so|very|really|a little|quite|pretty|rather
  |extremely|a bit|somewhat|incredibly|kinda|more and more|completely|just so damn|deeply|slightly
  |terribly|too|utterly|almost|unusually|fairly`);

/** Between a feeling and its topic. */
export const links: readonly string[] = list(`about|about|about|about|when i think of|because of
  |after|whenever i think about|when it comes to|regarding|with|around|thanks to|ever since|in the
  middle of|on account of|as soon as someone mentions|over|at the thought of`);

/** How a sentence ends; often it just stops. */
export const endings: readonly string[] = list(
  `|||||||and i do not know why|and i want to write about
  it|as i sit here typing|right now|every single day|at the moment|and that is ok|again|since last
  week|while everyone else is asleep|so i went for a walk|and then i went to bed|but life goes on
  |and i told him so|even though nobody noticed|so i called my sister|for no reason at all|while i
  was waiting for the bus|and it shows|before the show started|after all these years|and people
  keep asking me|as if it were yesterday|whatever anyone says|on a monday of all days|with my tea
  going cold beside me|and the clock says three|half way through the afternoon|which is new to me
  |so i put the kettle on|and my friend agrees|in front of the whole class|as usual|most evenings
  |between two lectures|if i am honest|and there is still a long way to go|while folding the
  laundry|on the way to the office|and i wonder what comes next|until the lights went out`,
);
