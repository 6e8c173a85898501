// Owns everyday utterances that belong to no intent of this product, the examples of "out of scope".
// Refuses lines from data sets: each was written for this file.

/** Utterances with bars between them; several of them use words of the intents in another sense. */
const lines = `
you remind me of my grandmother | this song reminds me of summer in portugal
that reminds me i never finished the book | he reminds everyone of a young bowie
remind yourself that it is only a game | does this painting remind you of anything
remember the titans is a great movie | i remember when phones had buttons
do elephants really remember everything | i can't remember the last time i laughed that hard
why do we remember smells so well | remember how happy we were back then
on a side note the food was terrible | what note does a guitar string make
note that the sky is blue because of scattering | he hit every note perfectly at the concert
the bus schedule makes no sense | my schedule has been insane lately
what is a project schedule in construction | the mayan calendar ended in 2012
who invented the calendar we use | the moon landing was not on anyone's calendar
multitasking is a myth | task failed successfully is a funny meme
the task of a parent is never done | what are the tasks of a notary
i have to file my taxes and i hate it | nail files are not allowed on planes
the x files is better than i expected | what is the x files about | i ran a marathon last year
should i run for office | run the numbers in your head and tell me i am wrong
why does my nose run in the cold | he converted to buddhism at forty
how do solar panels convert light | is it hard to convert an atheist
calculated risks are part of the business | a calculator is cheaper than a computer
there is free coffee in the lobby | do we have free will | is anything in life truly free
sugar free gum is bad for dogs | set me free sang the supremes | free solo scared me a lot
my dog loves to play fetch | fetch is never going to happen
the meeting was a waste of everyone's time | i am so tired of meetings
why are meetings always so long | what did you think of the meeting
the appointment of the new judge was controversial | who appointed the last prime minister
my dentist is a funny man | bob said to remind him but he forgot
she told me to add salt to the water | he asked whether i could move the meeting
they wanted me to delete everything | my boss wants a report from somebody | did i add enough salt
did i tell you about my trip | what did i say wrong | how do i write a good to do list
what makes a good note taking system | should i keep a diary | is it worth writing things down
if i had a million dollars i would buy an island | what if the sun went out
imagine a world without calendars | suppose i forgot my own birthday | don't worry about it
don't do anything | stop it | leave me alone | nothing really | not now | wait | what | why
why not | really | are you sure | hmm | lol | haha that is funny | whatever | i see | interesting
makes sense | exactly | i agree with you | i don't think so | that's not what i meant
you misunderstood me | say that again in simpler words | tell me more | go on
and then what happened | what do you mean by that | can you explain that differently
that was wrong | you are wrong about that | good point | are you alive | do you have feelings
do you dream | how old are you | where do you live | will you marry me | are you smarter than me
can you keep a secret | what is your favourite colour | do you get tired | sing me a song
tell me a joke | tell me another joke about cats | make me laugh | tell me a story about a dragon
tell me something interesting | tell me a fun fact about octopuses | surprise me
let's play a game | play twenty questions with me | flip a coin | roll two dice
pick a number between one and a hundred | give me a riddle | write a poem about autumn
write a haiku about rain | write a limerick about a cat | write a short story set on mars
write me a love letter | compose a birthday wish for my aunt
draft an email to my landlord about the broken heater | write a cover letter for a nursing job
write a thank you card for a teacher | write a product description for a lamp
write a toast for my brother's wedding | rewrite this sentence to sound friendlier
make this paragraph shorter | fix the grammar in this sentence | proofread my essay
give me ten names for a bakery | suggest a title for my novel
come up with a slogan for a bike shop | brainstorm ideas for a science fair
help me name my startup | what rhymes with orange | give me a synonym for happy
what is the plural of octopus | how do you spell necessary | what does ubiquitous mean
define entropy | is it who or whom | translate good morning into french
how do you say thank you in japanese | what does carpe diem mean | what's the capital of mongolia
who was the first person on the moon | when did the roman empire fall | how tall is mount everest
how far away is the sun | how many bones are in the human body | why is the sky blue
why do cats purr | how do vaccines work | what causes earthquakes | how do airplanes fly
what is a black hole | what is the meaning of life | who wrote hamlet | who painted the mona lisa
who won the world cup in 1998 | what is the fastest animal | how long do turtles live
what language do they speak in brazil | what is the population of canada
which planet has the most moons | how does photosynthesis work | what is inflation
explain quantum computing like i am five | explain the plot of inception
explain how a mortgage works | what is the difference between a virus and bacteria
what happened in 1989 | who is the president of france | what is the tallest building in the world
why did the titanic sink | how was the grand canyon formed | is a tomato a fruit | are bats birds
is pluto a planet | what is dark matter | how do magnets work | what's the weather like
will it rain tomorrow | is it cold outside | how hot is it in madrid right now
do i need an umbrella today | what is the forecast for the weekend | play some jazz
play the next song | turn up the volume | pause the music | what song is this
turn on the kitchen lights | turn off the tv | set the thermostat to 20 degrees
lock the front door | start the vacuum | call my mom | text sarah that i'm running late
send an email to the whole team | order a pizza | order me a large coffee | book a flight to rome
book a table for two tonight | find me a hotel in lisbon | get me an uber
how do i get to the airport | is there traffic on the way home | where is the nearest pharmacy
find a good italian restaurant nearby | buy me new running shoes | how much does a tesla cost
what is bitcoin worth | should i buy apple stock | how is the stock market doing
pay my electricity bill | transfer fifty dollars to anna | what is my account balance
what's the news | what happened in the world today | who won the game last night
when is the next eclipse | what time does the supermarket close | how do i cook rice
give me a recipe for lasagna | what can i make with eggs and spinach | how long do i boil an egg
is oat milk healthy | how many calories are in a banana | what wine goes with fish
how do i remove red wine from a carpet | how do i unclog a drain | how do i tie a tie
how do i change a flat tire | how do i get rid of ants | what plants survive in the shade
how often should i water a cactus | my plant is dying what should i do | how do i train a puppy
why does my cat bite me | i have a headache | my back hurts what should i do
is ibuprofen safe with alcohol | what are the symptoms of flu | how can i sleep better
how do i lose weight | give me a workout for my arms | i feel sad today | i am so lonely
i had a terrible day | i'm stressed about my exams | my girlfriend left me
i am so happy right now | i got the job | i'm bored | i am angry at my brother
i don't know what to do with my life | nobody understands me | i think i am in love
i can't sleep | i miss my friends | my grandfather died last week | how do i apologise to a friend
how do i ask for a raise | should i quit my job | what should i wear to an interview
what should i study at university | how do i make friends in a new city
what gift should i get for my dad | what should i cook for a date | where should i go on vacation
recommend a good book | recommend a movie like interstellar | what series should i watch next
what games are good for kids | is it better to rent or to buy | android or iphone
what laptop is good for students | how do i reset my router | why is my computer so slow
how do i take a screenshot on a mac | what is a vpn | how does wifi work
how do i recover a deleted photo | my phone won't charge | what's the best password manager
what is a closure in javascript | explain recursion | how do i reverse a linked list
why is my sql query slow | what's the difference between git merge and rebase
write a python function that sorts words | write a regex for phone numbers
write unit tests for my parser | refactor this class for me | review my pull request
debug this stack trace | what does segmentation fault mean | how do i center a div
is rust faster than go | build me a website | design a logo for my band
make an app that tracks water | generate an image of a castle | draw a horse
deploy my project to the cloud | install docker for me | restart the server
what is the best database | how do i learn to code | teach me chess | teach me some italian
quiz me on history | help me study biology | help me with my homework
solve this equation for my class and explain each step
prove that there are infinitely many primes | what is the derivative used for
what are prime numbers good for | how do you calculate the area of a circle | who invented zero
compare socialism and capitalism | was napoleon short | is god real | what is consciousness
is it wrong to lie | what would plato say about twitter | pretend you are a pirate
act as my therapist | be my dungeon master | roleplay a job interview with me
give me advice on dating | plan a trip to iceland | plan a birthday party for a six year old
plan my meals for the week | make a budget for a student
make a training plan for a half marathon | compare these two phones | which one is better
pros and cons of living abroad | what do people eat in ethiopia | how do you celebrate diwali
when is ramadan | what holiday is in november | how old is the earth
how many seconds are there in a day on mars | the quick brown fox jumps over the lazy dog
lorem ipsum dolor sit amet | asdf jkl | test test | one two three | blue | the cat sat on the mat
my name is john and i live in a small town | it is raining cats and dogs | i like turtles
my car broke down on the highway | the neighbours are loud again | our team lost the final
i saw a deer this morning | dinner was delicious | the train was late again
we moved here three years ago | my sister is getting married | i already did that yesterday
we were going to meet but it fell through | the deadline was last week | i forgot my keys at home
somebody stole my bike | i need a vacation | i need a hug | i need help with my marriage
i want to learn the piano | i want to die my hair green | i have to go
i should call my mother more often | i should really clean the garage someday
somebody ought to fix that door | there is a spider in my room | we are out of milk
the fridge is making a weird noise | look at that sunset | what a day | bless you | my bad
`;

/** The background utterances, in the order in which they were written. */
export const backgroundUtterances: readonly string[] = lines
  .split(/[|\n]/)
  .map((line) => line.trim())
  .filter((line) => line !== '');
