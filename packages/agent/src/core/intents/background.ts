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
i finished a great book last night | i just finished my first marathon | we did it
i did nothing all day | i have done everything i could | he finished second in the race
that chapter of my life is done | the laundry is never done | we are done here | i am done with men
she marked my essay very harshly | tick tock goes the clock | he crossed the line first
my brother finished medical school | i completed level ten of the game | the cake is not done yet
the house is finally finished and it looks great | i bought a new car
i got milk all over the floor
i met an old friend yesterday | i called my mother and we talked for an hour
we had lunch with the neighbours | i had an appointment this morning and it went badly
the meeting this morning was a disaster | my doctor's appointment was cancelled again
my flight was moved twice and i am furious | they pushed back the release date of the game
the wedding was postponed because of the storm | the government delayed the election
when was the olympics postponed | why was daylight saving time introduced | who moved my cheese
is it ok to reschedule a first date | how do i politely cancel a dinner invitation
what should i say when i have to cancel a meeting | how long should a meeting be
what is the best time of day to exercise | how do busy people find free time
what do people do in their free time | is the museum free on sundays | is parking free in the city
are there free concerts in the park | is this seat free | feel free to laugh | buy one get one free
how do freelancers plan their week | what is a leap year | how many days are in february
what day was it when kennedy was shot | when does summer start | when is mother's day
when is the super bowl | what time is it in tokyo | what time is sunset today | what day is it
how long until christmas | when do the clocks change | what year did the war end
when was the last solar eclipse | what happened on this day in history | when does school start
why do people forget names so quickly | how does human memory work | what is short term memory
how can i improve my memory | my memory is terrible these days | that brings back memories
i will never forget that evening | i forgot how cold it gets here | don't forget to smile
do fish remember anything | what did the president say about taxes | what did einstein say about god
what did my horoscope say | who told you that | where did the vikings live
where is the tower of pisa
where are my manners | what is my purpose in life | what is my spirit animal | who am i
what should my next tattoo be | who is my soulmate | where did i go wrong in life
what do you know about the french revolution | do you know any good jokes
do you know who banksy is
tell me everything about penguins | tell me what love is | tell me about the history of chess
tell me what to do with my life | what do you think about tattoos | have you ever been in love
keep calm and carry on | keep smiling | keep up the good work and you will get promoted
my cat is called whiskers and she is adorable | i have two brothers and a sister
my wife thinks i snore | my son lost his first tooth | i am allergic to mondays
i prefer the beach to the mountains | my favourite film is casablanca | i grew up in a small village
the password game is a fun website | my phone number got leaked online | the door code was changed
write a letter to santa | write down the lyrics of yesterday by the beatles
write an essay on honesty
write a wedding speech | write a song about my dog | write a eulogy for my grandfather
write a short bio for my website | write a blog post about gardening | write me a bedtime story
write a complaint to the airline | write a speech for my retirement | draft a contract for a tenant
draft a reply to my boss | compose a melody | dictate the terms of surrender in ww2
how do doctors take notes | what are the notes of a c major chord | how do i read sheet music
is note taking by hand better than typing | sticky notes were invented by accident
what does a bank note cost to print | can you sing a high note | thank you notes are old fashioned
how do i make a shopping list app | what is on a typical grocery list
what should i buy for a barbecue
what is the most expensive item on the menu | what is on the bucket list of most people
make a list of the best films of the nineties | list the planets in order
list ten uses for vinegar
list the kings of england | give me a list of vegetarian recipes | give me a packing list for norway
list all countries in africa | name five famous painters | add some excitement to my life
add a pinch of salt and stir | how do i add a signature in outlook
how do i add subtitles to a video
adding sugar to coffee is a crime | put yourself in my shoes | put the cat out | put the kettle on
put on some music | stick to the plan | throw me a bone here | get over it | get me a beer
get a life | buy milk on your way home | pick up the kids from school | water the plants for me
feed the cat please | pay the rent for me | call bob | call the dentist and tell him i am late
email the accountant | send anna a message | text my brother happy birthday | ring the school for me
message the team that i am sick | tell bob that lunch is cancelled
ask maria if she is free tonight
invite everybody to my party | send a calendar invitation to the board | reply to the last email
book a hotel room for friday | book a train to paris tomorrow morning
reserve a table for four at eight
order flowers for my mother | buy two tickets for the concert | book me a taxi for nine
schedule a tweet for tomorrow | publish my blog post on monday | turn the heating on at seven
set the oven to 180 degrees | set a timer for ten minutes | start a stopwatch | set the mood
turn off the lights at eleven | wake up | what alarm system is best for a house
change the channel | change the bed sheets | change my mind | change the world
change the oil in my car
switch off the lamp | turn down the radio | turn the page | set the table | set sail for adventure
how do i change my name after marriage | how do i set up a printer | how do i reset my iphone
how do i turn off notifications on android | what are the best settings for night photography
what language should i learn | which model of toyota is most reliable | which phone is the best
can you help me move house on saturday | help my daughter with her maths homework | help wanted
can you drive a car | can you cook | can you feel pain | can you see me | can you play chess
what can i do about noisy neighbours | what can i do in rome for two days | what can you eat on keto
how do i use chopsticks | how do i use a french press | how does a car engine work
how do i get started with yoga | how do you work out your taxes | what is this rash on my arm
what are tariffs | what are you wearing | what do you do for fun | explain how engines work
open the window | open sesame | open the garage | open the pod bay doors
open a bank account for me
read my mind | read between the lines | read me a bedtime story | read the room | have you read dune
what does the bible say about money | what does the fox say | what is in a mojito
what is in the news today | what's inside a golf ball | show me pictures of kittens
show me the money
show me a magic trick | look at the stars | look on the bright side | what is the latest on brexit
find me a girlfriend | find a cheap flight to oslo | find the area of a triangle for my essay
find a plumber near me | find a synonym for big | search for the holy grail
search the web for shoes
where is waldo | where is the nearest petrol station | where can i buy a sofa | find inner peace
who can find me a babysitter | i can't find happiness | i lost my wallet on the bus
look for a good school in the area | search for cheap hotels in vienna | i lost my train of thought
summarise the plot of hamlet | summarise world war two in a paragraph | sum up quantum physics
give me the main points of the constitution | give me an overview of greek mythology
what are the key points of buddhism | what's the gist of relativity | summarise the news of today
what is moby dick about | what is the moral of the story | outline a novel about pirates
run for president | run a bath | run away with me | i run five miles every day
run me through your day
execute order sixty six | what happens when you run out of petrol | my script for the play is bad
what is python used for | who created javascript | is bash a programming language
write a script that renames files | fix this bug in my program | code me a website
explain this code
how much is a loaf of bread in norway | how much does a house cost in london
how many stars are there
how much water should i drink | how many people live in china | how many books did tolkien write
how many planets have rings | how much should i tip in japan
what percentage of people are left handed
what is the average salary in spain | half of my friends are married | two wrongs don't make a right
divide and conquer | it does not add up | the sum of all fears is a good film | count me in
count to ten in german | times are hard | what are the odds of winning the lottery
why do americans use fahrenheit | who invented the kilometre | what is a light year
how heavy is the moon | how tall was napoleon | how long is the great wall of china
converting to islam as an adult | how do i convert a video to mp4 | a mile in my shoes
pounds of fun | give him an inch and he takes a mile | what is the exchange rate going to do
who owns amazon | is youtube down | why is netflix so expensive | who founded wikipedia
what is a url | what does www stand for | how do websites make money | is google spying on me
delete my facebook account | remove the stain from my shirt | cancel my netflix subscription
cancel my gym membership for me | cancel my flight | delete yourself | remove the cat from the table
get rid of the mice in my attic | take the bins out | take off your coat | erase and rewind
drop it like it is hot | clear the air | scrap metal prices today | strike while the iron is hot
the event was a success | cancel culture is out of control | unsubscribe me from these emails
note taken | duly noted | noted | remember me | remind me why i married you
remind me who won in 2006
remind me how photosynthesis works | remember pearl harbor | forget me not is a flower | memory lane
when do i get paid | when is my next payday | when is my rent bill due
when does my insurance expire
what is my credit score | what is my bank balance | what is my account number
what is my tax bracket
how much is my phone bill | how much did i spend on food last month | how much money do i have left
how much do i owe on my card | how much is a share of google | how much is the ticket to madrid
what are my savings worth | what is my income tax this year | what's my salary after tax
what did i spend on petrol in june | show me my last transactions | show my bank statement
tell me my card balance | tell me my spending for this week | tell me how much rent costs here
pay my water bill | pay off my credit card | freeze my bank card | block my debit card please
my card was stolen | my credit card has a crack in it | report my card as lost | report a fraud
i want to dispute a charge | change the pin of my card | reset my bank pin
move fifty euros to savings
transfer money from checking to savings | move money between my accounts | deposit this cheque
open a savings account | order more cheques | increase my credit limit | apply for a loan
set up a direct debit | how do i set up a standing order | how do i find my tax form
how do i file a claim | which insurance do i have | what does my health insurance cover
what is my deductible | does my plan cover dental | what vaccines do i need for india
do i need a visa for japan | what do i need to travel to cuba | what plug do they use in england
which injections do i need before going to kenya | are there travel warnings for egypt
what is there to see in prague | what is there to do in dublin | things to do in boston
what are the sights of vienna | where can i find good sushi | where can i find the fuse in my car
where can i find my gearbox number | where do i find cheap flights | where can i get a new passport
where can i get my shoes repaired | is there a way to track my parcel | where is my parcel
where is my order | what is the status of my refund | track my delivery | has my package shipped
where am i right now | what is my location | share my location with anna | find my phone
find a vegan restaurant near the station | find me a recipe with chickpeas | find the next bus home
find that song that goes la la la | list a few good bakeries nearby
list cheap hotels near the airport
are there any good films on | are there any pharmacies open now | any good podcasts out there
please find the population of peru | find the capital of chile | look up the weather in oslo
can you tell me how to bake bread | can you tell me how to change a light bulb
can you tell me how much a stamp costs | can you tell me what gas this car takes
can you tell me why the sky is red | can you tell me the score | can you tell me a secret
can you give me directions to the beach | can you give me a recipe for soup
can you give me a dinner suggestion | can you recommend a hotel | give me directions home
give me instructions for changing a tyre | give me an idea for dinner | give me a compliment
do you know how to make pancakes | do you know how to fix a tap | do you know where i can buy stamps
do you know the way to san jose | do you know a good mechanic | do you know who won the election
i don't know how to cook rice | i'm not sure how to tie a bow tie | i need to know how to boil eggs
i need to know the bus fare | i need to know who runs this company | i want to know more about jazz
i would like to know how planes fly | help me fix my bike | help me choose a sofa
help me find a new job | please help me with my taxes | can you help me fix the sink
who do you work for | which company made you | are you a robot | are you a human | who built you
what do you think of me | do you have a boss | do you have hobbies | do you have a family
do you like pizza | do you sleep | how smart are you | what is your name | what is your age
where were you born | do you speak with other people | are you listening to me
how do i jump start a car | how do i change my oil | when should i change the oil
what is my tyre pressure | how does my tyre pressure look | what is the fuel level | is my tank full
how many litres are left in the tank | what is my mileage | check the engine light
when is my next oil change | when was my car last serviced
schedule a repair for my car at the garage
how is the traffic | how is the food at that place | how is the soup | how is cheese made
how is it outside today | how are candles made | how good is that restaurant | how busy is the shop
how long is the queue at the bank | how long does the drive take | how many onions do we have
how many calories are in a pizza | what is the nutrition of rice | nutrition facts of an apple
is there sugar in ketchup | what can i use instead of butter | can i use oil instead of butter
what goes well with salmon | what should i eat tonight | what do you recommend for dinner
how long does milk last in the fridge | can i freeze cooked pasta | is this cheese still good
confirm my table at the bistro | confirm my hotel booking | cancel my table for tonight
how do i cancel a hotel booking | do they take reservations at the grill
does the diner have parking
can you make a booking at the steak house | is the restaurant open on monday
when is the next flight to rome | when is the next train | when does my plane board
is my flight late
when is the next comet | when is the next big game | what gate does my flight leave from
what is the baggage allowance | i lost my luggage | upgrade my seat | check me in for my flight
order everything on the menu | order more printer ink | reorder my medicine | buy more stamps online
i want to buy insurance | i want to shop for shoes | i want to apply for a card
let my bank know i am abroad | tell my bank that i am travelling | let the landlord know it leaks
tell the doctor i am ill | let everybody know we won | inform the police
play that song again | play my workout playlist | skip this song | what is playing | who sings this
turn the television on | turn the fan off | dim the lights in the hall | make the room warmer
how do you say hello in greek | what is thank you in korean | what is the word for cat in polish
what is the point of life | what are the points on my loyalty card | how do i use my reward points
walk me through buying a house | walk me through a divorce | talk me through making sushi
what is happening in the world | what is happening with the election
what happened to the dinosaurs
what size are my tyres | what size shoes does shaq wear | what time is my flight | am i your boss
am i going to die | am i pretty | am i right | is it friday yet | will i be rich | do i look fat
what shots does a puppy need | what documents do i need for a loan | what do i need for a mortgage
done with work for today | i am done for today | i am done with you | finished with school forever
done and dusted | all done | are you done | dinner is done | my homework is done at last
close the window | close the curtains in the bedroom | close the garage door | close the gate
close the door please | close all my tabs | close my bank account | close the app | close the shutters
open the curtains | open the gate for the courier | open the blinds
unlock the car | shut the oven off | raise the blinds in the living room
finish the story | finish my sentence | complete the sentence | complete this puzzle for me
change the song | change the bulb in the hall | switch the channel to sports
move the sofa to the left | move the robot forward | move my car | push the door | swap seats with me
set the oven to 200 degrees | set the thermostat to 20 | put some music on
put the heating on at 6 | book me a taxi for 8 | reserve a hotel room
add salt to the soup | add me on facebook | add sugar to my cart | add a filter to my photo
send a card to my aunt | post this on my wall | save the whales | keep calm | keep the change
drop me at the corner | drop the beat | mark my words | check the oil in my car | check my tyres
run to the shop for me | execute order 66 | print my boarding pass at the kiosk
how full is my disk | how full is the hard drive | how full is my phone | is my battery full
how much space is left on my disk | how full is the bus today | send the mail with the report in it
send the email with the attachment | mail this to sam | forward this message to anna | reply to the mail
`;

/** The background utterances, in the order in which they were written. */
export const backgroundUtterances: readonly string[] = lines
  .split(/[|\n]/)
  .map((line) => line.trim())
  .filter((line) => line !== '');
