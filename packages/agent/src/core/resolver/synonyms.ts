// Owns a table of what people say for what tools are called: general English, one group a line. Refuses
// the words of any one plugin or service.

import { stemOf } from './terms.ts';

const table = `
add append insert put attach include plus
create make new start generate build produce compose draft register open establish
delete remove erase drop destroy discard clear wipe purge rid cancel forget trash
update change edit modify set adjust alter replace amend rename switch revise
find search look seek query discover locate lookup browse
list show display enumerate view every available
get fetch retrieve obtain read load pull download
send deliver dispatch forward text post submit transmit write mail message sms
calculate compute determine evaluate work estimate figure much solve
convert change transform turn translate exchange conversion
compare difference versus vs contrast better
check verify validate test confirm whether is
book reserve reservation booking schedule appointment
buy purchase order acquire bought
sell sale sold vend
cost price fee charge expensive cheap cheapest amount money pay
pay payment payout transfer paid wire remit
money cash currency fund dollar euro pound yen usd eur gbp jpy
currency exchange rate dollar euro yen usd eur forex
bill invoice receipt
loan mortgage credit borrow lend debt installment
invest investment portfolio stock share equity return
stock share ticker equity quote symbol market
bank account balance
interest rate apr yield percent compound
tax vat duty taxes
salary wage income earning pay earn
profit revenue earning income gain
discount coupon promo offer deal
weather forecast temperature rain sunny snow climate hot cold warm humidity wind storm
temperature celsius fahrenheit hot cold warm degree kelvin heat
place location city where town region area site address
country nation state
address street geocode
latitude longitude coordinate coordinates position gps geolocation lat lon lng
distance far length kilometer kilometre km mile miles meter range apart
route direction directions way navigate path drive travel
near nearby nearest close closest around vicinity within
map geography cartography
flight plane airplane airline fly airport
hotel accommodation room lodging stay inn hostel
trip travel journey itinerary vacation holiday tour tourism
taxi cab ride uber lyft
car vehicle automobile auto drive
train rail railway transit subway metro bus transport
house home property estate apartment flat rental rent real
restaurant dining food eat cafe dinner lunch meal pizza cuisine
recipe cook dish ingredient meal bake cooking
food nutrition calorie diet meal nutrient
drink beverage coffee tea cocktail wine
movie film cinema show theater watch
song music track album tune artist band melody play
concert show gig event ticket performance
game match play fixture tournament score
team club squad
player athlete sportsman
sport football soccer basketball baseball tennis league nba nfl
score result point standing
book novel author title isbn read
news article headline story press
picture image photo photograph photos pic drawing illustration
video clip movie film footage
audio sound speech voice recording
chart plot graph diagram draw visualize visualise
person people user member who someone contact
customer client buyer consumer
employee staff worker personnel
company firm business organization organisation corporation enterprise
product item article good goods merchandise
shop store merchant retailer
email mail message inbox
message chat text sms conversation
phone telephone call mobile number dial
meeting event appointment calendar schedule conference
reminder remind alarm alert notify notification
task todo job chore
note memo remark comment
comment reply remark feedback review answer response
file document doc
folder directory
website site web page url webpage link
internet web online google
time hour clock when
timezone time zone
date day calendar when today tomorrow yesterday
duration long length time period
age old birthday born
year annual yearly
history historical past ago
latest last recent newest current
current now present live real
weight mass kg kilogram pound heavy weigh gram
height tall high altitude elevation
size big large dimension
speed velocity fast quick mph rate
force newton push
energy joule power work kinetic
power watt energy electricity
volume capacity liter litre
area surface square
circumference perimeter
pressure pascal
density concentration
average mean
middle median
deviation variance spread std
probability chance likelihood odds likely
sum total add addition plus altogether
subtract minus difference subtraction
multiply times product multiplication
divide division quotient
root sqrt square
power exponent exponentiation raise
maximum max largest highest biggest greatest most top best
minimum min smallest lowest least
sort order arrange rank
random dice roll generate
number integer digit numeric value
prime factor divisor
equation solve root formula
derivative differentiate gradient slope
integral integrate antiderivative
matrix array
triangle hypotenuse
circle radius diameter
word term vocabulary
text string sentence phrase
count many number frequency
length long size
translate translation language
language english french spanish german chinese
summary summarize summarise overview
random arbitrary
health medical doctor medicine hospital patient disease
disease illness symptom condition diagnosis sick
doctor physician clinic provider
exercise workout fitness training gym
body bmi weight height
gene dna genome genetic protein
species animal organism
plant flower tree garden
planet star space astronomy orbit
element chemical atom compound molecule
population people inhabitant resident demographic
law legal court lawsuit case attorney lawyer
crime criminal police
school university college student education class course
grade score mark gpa
election vote president government
war battle
password credential login secret
delete deletion cancel cancellation
login signin authenticate authentication
status state progress
error bug issue fault problem
code source program script
repository repo project
version revision release
image thumbnail picture
color colour hue rgb
label tag category
group team
save store keep write remember record
copy duplicate clone replicate fork
move relocate transfer
combine merge join concatenate together
split divide separate
compress zip gzip
encode encrypt hash digest
decode decrypt
share invite collaborate
follow subscribe subscription
rate rating review star thumbs vote
recommend suggestion suggest recommendation
start begin launch run turn
stop end finish halt quit pause
light lamp bulb brightness
device appliance thermostat smart
ticket issue case
track trace monitor follow
parcel package shipment shipping delivery courier
fill complete populate
predict forecast prediction projection
detect recognize recognise identify identification
analyze analyse analysis examine study
sentiment emotion mood feeling
similar alike similarity
name called title named
detail details info information about describe description more
`;

/** By stem: the groups it belongs to, each as a term of its own, `~` and the number of the line. */
export const conceptsOf: ReadonlyMap<string, readonly string[]> = (() => {
  const concepts = new Map<string, string[]>();
  for (const [line, words] of table.trim().split('\n').entries()) {
    for (const stem of new Set(words.split(' ').map(stemOf))) {
      concepts.set(stem, [...(concepts.get(stem) ?? []), `~${line}`]);
    }
  }
  return concepts;
})();
