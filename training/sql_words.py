# ruff: noqa: E501  (one line an entity reads best)
"""Vocabulary of the made-up schemas on which the query language is trained.

One line an entity: `plural singular other words > parents | column; column; …`. A column is a name,
a mark for its type and other words for it, parted by commas. Marks: `~kind` an open text with
values of that kind, `=a/b/c` a text with these values, `#` integer, `$` decimal, `%` float, `!` date
(the words are verbs), `@` timestamp, `?` boolean (the words are adjectives).
"""

DOMAINS = {
    "shop": """
customers customer clients,buyers,shoppers > | name~person,customer name; city~city,home town; country~country; signup_date!joined,signed up,registered; age#years; segment=retail/wholesale/vip/online,customer group; is_member?members,enrolled; lifetime_value$lifetime spend; email~word,mail address
orders order sales > customers,stores | order_date!placed,ordered; total$order value,order total,revenue; status=pending/shipped/delivered/cancelled/returned,order state; discount%rebate; shipping_cost$shipping,freight; payment_method=card/cash/transfer/voucher,way of paying; is_gift?gifts,gift wrapped; channel=web/phone/shop/app,sales channel; delivered_on!delivered,arrived
order_items item line items,positions > orders,products | quantity#units,pieces; unit_price$price per unit; tax$vat
products product articles,goods > suppliers | title~title,product name; category=books/toys/garden/sports/kitchen/music,product group; price$list price,cost; stock#units in stock,inventory; weight%kilos; launched_on!launched,released; is_discontinued?discontinued,no longer sold; color=red/blue/green/black,colour; rating%stars,score
suppliers supplier vendors > | company~company,supplier name; country~country,origin; lead_time#delivery time; contract_since!contracted; reliability%
stores store shops,outlets > | name~place,store name; city~city,town; floor_area#size,square meters; opened_on!opened; region=north/south/east/west,area; employees#staff,head count
reviews review ratings,comments > products,customers | stars#score,rating; posted_on!posted,written; helpful_votes#votes; language=english/german/french/spanish; is_verified?verified
""",
    "school": """
students student pupils,learners > programs | name~person,student name; birth_year#year of birth; gpa%grade point average,grades; enrolled_on!enrolled,started; status=enrolled/graduated/suspended/withdrawn,standing; home_city~city,city; is_international?international,foreign; credits#credits earned,points; tuition$fees
courses course classes,lectures > teachers | title~title,course name; level=beginner/intermediate/advanced,difficulty; credits#points; capacity#seats,places; room~place; starts_on!starting,begins; subject=math/history/biology/physics/art/english,field; fee$cost
enrollments enrollment registrations,sign-ups > students,courses | grade%mark,result; enrolled_at@made,registered; outcome=passed/failed/dropped,result; attendance%attendance rate; is_audit?audited
teachers teacher instructors,lecturers,faculty > departments | name~person,teacher name; salary$pay,wage; hired_on!hired,joined; title=professor/lecturer/assistant,rank,position; is_tenured?tenured
departments department divisions > | name~place,department name; budget$funds; building~place; founded_on!founded
programs program degrees > departments | name~title,program name; kind=bachelor/master/doctorate,degree type; duration#length,semesters; min_score%admission score
exams exam tests > courses | held_on!held,taken; max_points#points; average%mean score; mode=written/oral/online,format
""",
    "travel": """
airlines airline carriers > | name~company,airline name; country~country,home country; fleet_size#planes,aircraft count; founded_on!founded
airports airport > | name~place,airport name; city~city; country~country; runways#number of runways; passengers#yearly passengers
flights flight connections > airlines,airports | departed_at@departed,left,flew; delay#delay minutes,minutes late; status=on time/delayed/cancelled/diverted,flight status; price$fare,ticket price; distance#miles,length; seats#capacity; is_international?international
bookings booking reservations > guests,hotels | arrival!arriving,check-in; nights#length of stay,stay; price$room price,amount,revenue; status=confirmed/cancelled/no-show/completed,booking state; booked_on!booked,made; source=website/agency/phone/walk-in,booking channel; rating%score
hotels hotel properties > | name~place,hotel name; city~city,location; stars#category,class; rooms#number of rooms,capacity; has_pool?with a pool; chain~company,brand
guests guest travellers,visitors > | name~person,guest name; nationality~country,home country; age#years; loyalty=silver/gold/platinum,loyalty level,tier; member_since!joined
trips trip journeys,rides > drivers,vehicles | started_at@started,began,made; distance%kilometers,miles; fare$price,earnings; tip$gratuity; payment=cash/card/app,payment type; passengers#riders; is_shared?shared
drivers driver > | name~person,driver name; rating%score,stars; hired_on!hired; city~city,base; status=active/suspended/retired
vehicles vehicle cars,fleet > | model~title,make; year#model year; kind=sedan/van/truck/bus,vehicle type; mileage#miles driven,odometer; fuel=petrol/diesel/electric/hybrid,fuel type; bought_on!bought,purchased; price$purchase price
""",
    "work": """
employees employee staff,workers,people > offices,teams | name~person,employee name; salary$pay,wage,earnings; hired_on!hired,joined,started; position=engineer/analyst/manager/clerk/designer,job,role,job title; status=active/on leave/left,employment status; birth_date!born; gender=female/male/other; is_remote?remote,working from home; bonus$; left_on!left,resigned
teams team groups,units > | name~title,team name; budget$funds; size#head count; founded_on!founded
offices office sites,locations > | city~city,place; country~country; rent$monthly rent; desks#seats,capacity; opened_on!opened
projects project > teams,companies | title~title,project name; status=planned/running/finished/stopped,state,phase; budget$cost; started_on!started; deadline!due; priority=low/medium/high/urgent,importance; progress%completion; hours#hours worked,effort
tasks task tickets,issues > projects,employees | title~title,subject; status=open/in progress/done/blocked,state; created_at@created,opened,filed; closed_at@closed,resolved,solved; estimate#hours,estimated hours; severity=minor/major/critical; is_bug?bugs
timesheets entry time entries > employees,projects | day!worked,logged; hours%hours logged,time; rate$hourly rate; is_billable?billable
companies company firms,businesses > | name~company,company name; industry=software/retail/energy/transport/food,sector,branch; revenue$turnover,sales; employees#head count,size; founded_on!founded; country~country,headquarters; is_public?public,listed; profit$earnings
leaves leave absences,days off > employees | kind=vacation/sick/parental/unpaid,reason,type; starts_on!starting,taken; days#length,duration; is_approved?approved
""",
    "culture": """
films film movies,pictures > studios,directors | title~title,film name; released_on!released,came out; genre=comedy/drama/horror/action/documentary,kind; runtime#length,minutes,duration; budget$cost; gross$box office,earnings; rating%score,stars; language=english/french/japanese/hindi
directors director filmmakers > | name~person,director name; country~country,nationality; birth_date!born; awards#prizes
studios studio production companies > | name~company,studio name; city~city; founded_on!founded
books book titles,volumes > authors,publishers | title~title,book name; published_on!published,came out; pages#length,page count; genre=novel/poetry/science/history/thriller,kind; price$cost; copies#copies sold,sales; is_translated?translated; rating%stars
authors author writers > | name~person,author name; country~country,nationality; birth_date!born; books_written#works
publishers publisher houses > | name~company,publisher name; city~city; revenue$turnover
loans loan checkouts,borrowings > books,readers | loaned_on!borrowed,lent,made; returned_on!returned,brought back; fine$penalty,late fee; renewals#extensions; is_overdue?overdue,late
readers reader members,patrons > | name~person,reader name; joined_on!joined; card=child/adult/senior/student,card type; city~city; fines$open fines
concerts concert shows,gigs > artists,venues | held_on!held,took place,played; tickets#tickets sold,attendance; price$ticket price; status=planned/held/cancelled; is_sold_out?sold out
artists artist musicians,bands > | name~person,stage name; genre=rock/jazz/classical/pop/folk,style; country~country; followers#fans
venues venue halls > | name~place,venue name; city~city; capacity#seats; opened_on!opened
""",
    "sport": """
players player athletes > clubs | name~person,player name; position=goalkeeper/defender/midfielder/forward,role; age#years; height#size; salary$wage,pay; nationality~country,country; goals#goals scored; is_injured?injured; signed_on!signed,joined; market_value$value,worth
clubs club teams,sides > stadiums | name~place,club name; city~city; founded_on!founded; titles#trophies,championships; league=first/second/third,division; budget$
matches match games,fixtures > clubs,stadiums | played_on!played,took place; home_goals#; away_goals#; attendance#spectators,crowd; stage=group/quarter-final/semi-final/final,round; result=home win/draw/away win,outcome
stadiums stadium grounds,arenas > | name~place,stadium name; capacity#seats; city~city; opened_on!opened
races race > tracks | held_on!held; distance%length; laps#rounds; weather=dry/wet/mixed,conditions; prize$prize money
tracks track circuits > | name~place,track name; country~country; length%distance
""",
    "industry": """
machines machine devices,equipment > plants | name~title,machine name; kind=press/lathe/robot/oven,machine type; installed_on!installed,put in; status=running/idle/broken/serviced,state; hours#running hours,operating hours; power%consumption,kilowatts; value$book value
plants plant factories,sites > | name~place,plant name; country~country; city~city; workers#employees,staff; opened_on!opened; output#production
readings reading measurements,samples > sensors | taken_at@taken,measured,recorded; temperature%degrees; humidity%; value%level,measurement; is_anomaly?anomalous,abnormal; quality=good/poor/missing
sensors sensor probes > machines | kind=heat/pressure/vibration/flow,sensor type; unit~word; installed_on!installed; battery%charge; is_active?active,working
shipments shipment deliveries,consignments > warehouses,carriers | shipped_on!shipped,sent,dispatched; arrived_on!arrived,delivered; weight%kilos,tons; cost$freight,price; status=packed/in transit/delivered/lost,state; priority=standard/express/overnight,speed; is_fragile?fragile; pieces#boxes,parcels
warehouses warehouse depots,storage sites > | city~city,location; capacity#pallets,size; manager~person; is_cooled?cooled,refrigerated
carriers carrier forwarders > | name~company,carrier name; rating%score; country~country
defects defect faults,failures > machines | found_on!found,reported,detected; severity=minor/major/critical; cost$repair cost; downtime#minutes down,hours lost; cause=wear/operator/material/unknown,reason; is_fixed?fixed,repaired
""",
    "city": """
accidents accident crashes,collisions > roads | happened_at@happened,occurred,took place; injured#injuries,people hurt; vehicles#cars involved; severity=light/serious/fatal; weather=clear/rain/snow/fog,conditions; cause=speed/alcohol/distraction/weather,reason; damage$cost; is_at_night?at night
roads road streets > districts | name~place,street name; length%kilometers; lanes#; speed_limit#limit; surface=asphalt/concrete/gravel
districts district neighborhoods,quarters,boroughs > | name~place,district name; population#inhabitants,residents,people; area%size; mayor~person; median_rent$rent; unemployment%jobless rate
permits permit licenses,approvals > districts | issued_on!issued,granted; kind=building/event/trade/parking,permit type; fee$cost; status=requested/granted/refused/expired,state; applicant~company; processing_days#waiting time,days to decide
houses house homes,buildings,properties > districts | price$sale price,value,cost; rooms#bedrooms; built_in#year built,construction year; size%area,square meters; sold_on!sold,bought; kind=flat/villa/cottage/townhouse,house type; has_garden?with a garden; is_vacant?vacant,empty
calls call incidents,emergencies > districts | received_at@received,came in,made; kind=fire/medical/police/rescue,call type; response_time%minutes to arrive,response; priority=low/medium/high; is_false_alarm?false alarms
elections election votes,polls > districts | held_on!held; turnout%participation; winner~person; ballots#votes cast; kind=local/national/european
libraries library > districts | name~place,library name; visitors#visits; books#collection,volumes; opened_on!opened
""",
    "nature": """
animals animal creatures > species,zoos | name~word,animal name; birth_date!born; weight%kilos,mass; sex=male/female; origin~country; is_endangered?endangered,threatened; arrived_on!arrived
species species kinds > | name~title,species name; habitat=forest/ocean/desert/savanna/river,home; population#individuals left; status=safe/vulnerable/endangered/extinct,conservation status; lifespan#years,age
zoos zoo parks > | name~place,zoo name; city~city; visitors#guests,attendance; area%size; ticket_price$admission,entry fee
farms farm > | owner~person,farmer; area%hectares,size,acres; county~place,region; founded_on!founded; is_organic?organic; workers#hands
harvests harvest crops,yields > farms | harvested_on!harvested,brought in; crop=wheat/corn/rice/barley/potato,plant; tons%yield,quantity; price$price per ton; quality=low/medium/high,grade
storms storm hurricanes > | name~word,storm name; started_on!started,hit,struck; wind_speed#speed; damage$losses,cost; deaths#victims,casualties; category=one/two/three/four/five,class; region~place
rivers river streams > | name~place,river name; length%kilometers; flow%discharge; country~country; is_navigable?navigable
stations station weather stations > | name~place,station name; altitude#height,elevation; installed_on!installed; operator~company
observations observation records > stations | day!observed,recorded; rainfall%rain,precipitation; max_temperature%highest temperature,heat; wind%wind speed; sky=clear/cloudy/overcast,cloud cover; is_estimated?estimated
""",
    "online": """
users user accounts,people,visitors > | handle~word,user name,nickname; created_at@signed up,joined,registered; country~country; plan=free/basic/pro/enterprise,subscription,tier; followers#fans; is_banned?banned,blocked; age#years; last_login@logged in,seen; device=phone/tablet/desktop
posts post messages,articles > users | created_at@posted,written,published; likes#hearts,upvotes; words#length; topic=news/sports/music/travel/cooking,subject; shares#reposts; is_deleted?deleted,removed; views#reads,impressions; headline~title,title
comments comment replies,answers > posts,users | created_at@written,posted,left; likes#; sentiment%tone; is_spam?spam; language=english/spanish/arabic
sessions session visits > users | started_at@started,began; duration%length,minutes,time spent; pages#page views,clicks; browser=firefox/chrome/safari/edge; source=search/social/email/direct,traffic source,referrer; is_bounce?bounced
subscriptions subscription > users | started_on!started,bought; ends_on!ending,expiring; price$fee,monthly price,revenue; state=trial/active/cancelled/expired; renewals#; is_annual?yearly,annual
campaigns campaign ads,promotions > | name~title,campaign name; budget$spend,cost; clicks#; impressions#views,displays; started_on!started,launched; medium=search/video/print/radio,channel; conversions#sales
songs song tracks,tunes > artists,albums | title~title,song name; plays#streams,listens; duration%length,minutes; released_on!released; genre=rock/pop/jazz/rap; is_explicit?explicit
albums album records > artists | title~title,album name; released_on!released,came out; copies#sales,copies sold; label~company; price$
artists artist singers,bands > | name~person,artist name; country~country; listeners#monthly listeners; genre=rock/pop/jazz/rap
servers server machines,hosts > | host~word,name; region=eu/us/asia,location; cores#cpus; memory#ram; os=linux/windows/bsd,system; started_at@started; is_online?online,up; load%usage
incidents incident outages > servers | opened_at@opened,started,reported; minutes#duration,downtime; severity=low/high/critical; cause~title,reason; is_resolved?resolved,closed
""",
    "money": """
policies policy contracts > holders,agents | kind=car/home/life/health/travel,policy type,line; premium$price,yearly premium; started_on!started,signed; ends_on!ending,expiring; coverage$insured sum,limit; status=active/lapsed/cancelled; is_renewed?renewed
holders holder policyholders,insured > | name~person,holder name; city~city; age#years; gender=female/male; risk_score%risk
agents agent brokers,sellers > | name~person,agent name; region=north/south/east/west; commission$pay; joined_on!joined
damages damage losses,claims > policies | reported_on!reported,filed; amount$claimed,loss,size; paid$payout,payment; status=open/settled/rejected,state; cause=fire/water/theft/storm/accident,reason; is_suspicious?suspicious,doubtful; days_open#days to settle,handling time
trades trade deals,transactions > stocks,traders | traded_at@made,traded,executed; shares#volume,quantity; price$; side=buy/sell,direction; fee$commission,cost; is_cancelled?cancelled
stocks stock shares,securities > | symbol~word,ticker; company~company,company name; sector=energy/tech/health/finance/retail,industry; market_cap$capitalization,value; dividend%yield; listed_on!listed; beta%risk
traders trader investors > | name~person,trader name; desk=rates/credit/equity/commodity; bonus$; hired_on!hired
funds fund > managers | name~title,fund name; assets$size,volume; return%performance,yield; fee%expense ratio; kind=equity/bond/mixed/index,fund type; launched_on!launched,started; is_sustainable?sustainable,green
managers manager > | name~person,manager name; experience#years; country~country
invoices invoice bills > clients | issued_on!issued,sent,billed; due_on!due; paid_on!paid,settled; amount$sum,total,value; currency=usd/eur/gbp/jpy; status=draft/open/paid/overdue,state; is_disputed?disputed; reminders#warnings
clients client customers > | company~company,client name; city~city; industry=software/retail/energy/food,sector; credit_limit$limit; since!won; rating=a/b/c,grade
expenses expense costs,spendings > employees | spent_on!spent,made,booked; amount$sum,value; category=travel/meals/office/training,kind; is_approved?approved; vendor~company
employees employee staff > | name~person,employee name; salary$pay; office~city
donations donation gifts > donors | given_on!given,made,received; amount$sum,size; method=card/check/cash,payment method; is_recurring?recurring,monthly
donors donor givers > | name~person,donor name; city~city; first_gift!joined; kind=private/company/foundation,donor type
""",
    "care": """
pets pet animals > owners | name~word,pet name; kind=dog/cat/rabbit/bird,species; birth_date!born; weight%kilos; is_vaccinated?vaccinated; sex=male/female
owners owner keepers > | name~person,owner name; city~city; phone~word; joined_on!joined
visits visit appointments,consultations > pets,doctors | visited_at@made,took place; cost$bill,price,fee; reason=check-up/injury/vaccination/surgery,purpose; duration%length,minutes; is_emergency?emergency,urgent; follow_up!due
doctors doctor vets,physicians > | name~person,doctor name; specialty=surgery/dental/skin/heart,field; salary$pay; hired_on!hired
wards ward units > | name~place,ward name; beds#capacity; floor#level; kind=surgical/medical/maternity/intensive,ward type
residents resident inmates > wards | name~person,resident name; admitted_on!admitted,came; left_on!left,discharged; age#years; care_level=low/medium/high; stay#days,length of stay; is_private?private
nurses nurse caregivers > wards | name~person,nurse name; shift=day/night/weekend; hired_on!hired; hours#weekly hours; grade=junior/senior/head
samples sample tests > residents | taken_at@taken,drawn,collected; kind=blood/urine/swab,sample type; value%level,result; is_abnormal?abnormal,out of range; status=ordered/running/done; cost$price
meals meal dishes > | name~title,dish; calories#energy; price$cost; diet=vegan/vegetarian/standard,diet type; served_on!served
trials trial studies > | title~title,study name; phase=one/two/three; participants#subjects,people; started_on!started; budget$funding,cost; is_blinded?blinded; country~country
""",
}

VALUES = {
    "person": "Anna Berg|Luis Ortega|Mei Tanaka|Omar Haddad|Priya Nair|Jonas Keller|Ruth Ofori|Ivan Petrov|"
    "Clara Dubois|Tom Hartley|Yara Costa|Noah Stein|Leila Amani|Viktor Novak|Grace Kim|Pedro Lima",
    "city": "Boston|Lisbon|Osaka|Lagos|Denver|Turin|Krakow|Austin|Lyon|Hanoi|Quito|Bergen|Leeds|San Diego|"
    "New York|Cape Town|Seattle|Vienna|Porto Alegre|Kyoto|Tampa|Zurich",
    "country": "Brazil|Japan|Kenya|Norway|Canada|India|Spain|Vietnam|Germany|Mexico|South Korea|Peru|France|"
    "Italy|New Zealand|Morocco|Poland|Chile",
    "company": "Acorn Labs|Brightwater|Corvus Foods|Delta Freight|Eastgate|Fernwood Press|Granite Energy|"
    "Helios|Ironbridge|Juniper Mills|Kestrel Air|Lumen Works|Meridian|Northwind|Orchard Media",
    "place": "Harbor Point|Hillside|Old Mill|Riverside|Kingsbridge|Lakeview|Maple Court|Station Road|"
    "Westfield|Elm Park|Stonegate|Greenfields|Union Square|Bay Street|Northgate",
    "title": "Silent Harbor|Blue Lantern|Data Structures|The Long Road|Algebra I|Night Train|Project Aurora|"
    "Winter Garden|Compact 300|Red Falcon|Phoenix|World History|Green Tea Set|Summer Tales",
    "word": "luna|max|sirius|nova|kappa7|orion|delta-2|pixel|quartz|zephyr|bella|echo|tango9",
}
"""Values of open texts by kind, parted by bars."""

METRICS = {
    "rate": "retention rate|conversion rate|occupancy rate|utilization|error rate|return rate|response rate"
    "|completion rate|defect rate|success rate|growth rate|on-time rate",
    "sum": "net revenue|gross margin|operating cost|total workload|net sales|energy use|total exposure"
    "|overall output|gross volume|net income",
    "number": "active base|repeat business|open backlog|headcount|unique reach|daily throughput",
}
"""Names of made-up metrics, parted by bars."""
