"""Stories read clause by clause: state changes, rates, comparisons, parts; and silence."""

from fractions import Fraction

import pytest

from math_solver import solve
from math_solver.reading import read_question
from math_solver.word_problems.clause_grammar import Unread, clauses, elements
from math_solver.word_problems.discourse import MONEY, Kind, Story, kind_of
from math_solver.word_problems.lexicon import VerbClass, verb_forms
from math_solver.word_problems.narratives import by_clauses, read_story
from math_solver.word_problems.ranking import examine
from math_solver.word_problems.telling import tell
from math_solver.word_problems.tokens import sentences

STORIES = [
    ("Mia had 14 shells. She found 9 more and gave 5 to Leo. How many shells does Mia have now?",
     18),
    (("A shelf holds 30 jars. Ken used 12 of them and then gave half of what is left to a friend. "
     "How many jars are left?"), 9),
    ("Ruth bought 4 pens for $3 each and a ruler for $2. How much did Ruth spend?", 14),
    (("A school ordered 12 crates of apples. There are 20 apples in each crate. If the school sells "
     "the apples for $2 each, how much money will it earn?"), 480),
    ("Noah earns $9 an hour. He works 6 hours a day. How much money does he earn in a week?", 378),
    (("Eva has 11 red pencils. Tim has three times as many red pencils as Eva. How many pencils do "
     "they have altogether?"), 44),
    ("Ada picked 8 plums. Ben picked 5 more plums than Ada. How many plums did Ben pick?", 13),
    ("Tess has 24 stamps. Tess has 6 more stamps than Jon. How many stamps does Jon have?", 18),
    ("There were 90 guests. 40% of the guests were children. How many children were there?", 36),
    ("There are 26 girls and 19 boys in the club. How many children are in the club?", 45),
    (("Max had some coins. He lost 7 coins and now he has 15 coins left. How many coins did Max have "
     "at first?"), 22),
    (("Ivy walked 3 miles on Monday and 5 miles on Tuesday. How many more miles did Ivy walk on "
     "Tuesday than on Monday?"), 2),
    ("Lena has 42 beads. She shares the beads among 6 friends. How many beads does each friend get?",
     7),
    (("Paul has $50. He bought a cap for $12 and 2 books for $8 each. How much money does Paul have "
     "left?"), 22),
    (("Rita picks 20 pears and 4 more figs than Sven. Sven picks 9 figs. How many fruits does Rita "
     "pick?"), 33),
    (("Kim has 30 cards. Leo has 6 more cards than Kim. However, then Leo gives half of his cards to "
     "Mia. How many cards does Leo have left?"), 18),
    (("Ann has 4 times as many nuts as Bea, and Bea has twice as many nuts as Cal. If Cal has 5 nuts, "
     "how many nuts do Ann and Bea have together?"), 50),
    (("Ugo drew 33 maps. He put 9 maps into one folder and put the rest into 3 different folders. "
     "How many maps were in each folder?"), 8),
    ("There are 40 kites. Each kite has 3 red bows and 5 green bows. How many red bows are there?",
     120),
    ("Sal has 6 pens. Liv has 3 times more pens than Sal. How many pens does Liv have?", 18),
    ("Olga had 20 eggs. Her brother took 6 of the eggs. How many eggs does Olga have now?", 14),
    (("Mr. Lee's choir has 30 singers, and Ms. Roy's choir has 4 more than half the number in Mr. "
     "Lee's choir. How many singers are in Ms. Roy's choir?"), 19),
    (("Each ticket costs $5. Fay bought 6 tickets for her team and 3 extra tickets in case anyone "
     "else wanted to go. How much did Fay spend?"), 45),
    (("Gil and Hana hiked for 4 days. On each day Gil had to hike 3 hours and Hana had to hike 5 "
     "hours. How many hours did they hike altogether?"), 32),
    (("Kai bought a kite for $7, and spent $3 on marbles. Kai also spent $20 on a coat. How much did "
     "Kai spend on toys?"), 10),
]  # fmt: skip

UNREAD = [
    ("Gus had $80. He spent 1/4 of his money on a cap and 1/5 of his money on a book. How much money "
    "does Gus have left?"),
    "Una has 5 hens, 3 ducks and twice as many geese as hens and ducks combined. How many birds?",
    "Each week 5 fish die. There are 30 fish. How many fish are there in 3 weeks?",
    "Al is 70 inches tall. He grew 2 inches. How tall is Al in feet?",
    "Dora jogs 3 miles a day on weekdays. How many miles does Dora jog in 2 weeks?",
    "Cy drank 9 cups on Monday, Tuesday and Friday. How many cups did Cy drink?",
    "The shop made 9 pies. There are 4 tarts. How many pies are left?",
    "Ann earns $8 an hour. She works overtime for 3 hours. How much money does she earn?",
    ("There are 14 red balls and 26 blue balls. If there are 90 balls in the box, how many balls are "
    "green?"),
    ("Cora bakes 3 trays with 8 rolls in each tray and 2 trays with 5 rolls in each tray. How many "
    "rolls does Cora bake?"),
    ("Dina had $60. She gave a third of her money to her mother and 1/4 to her father. How much money "
    "does Dina have left?"),
    "Evan can plow up to 10 acres per day. How many days will it take to plow 60 acres?",
    "Jim has 8 quarters and $5. How much money does Jim have?",
    "A hen eats 9 seeds a day. Lou has 4 hens. How many seeds do Lou's hens eat in 3 days?",
    ("Ada has collected $90. For every hour that she works, Ada receives $10. She has collected $20 "
    "in tips in total. How many hours has Ada worked?"),
    "A kitchen made 14 pies. Only 5 were actually served. How many pies were over?",
    ("Ole bought 8 meters of rope and 3 more meters of chain. If each meter cost $2, how much did Ole "
    "spend?"),
    ("Ida had counted 20 ripe pears before lunch. When she came back, she counted 3 times more pears. "
    "How many pears grew?"),
    ("Bo has 10 caps. His aunt gives him 2 caps. If his uncle gives him 3 times as many caps as Bo, "
    "how many caps does Bo have in total?"),
    ("Pia baked 30 red macaroons and 20 green macarons. How many macaroons will remain if Pia ate 5 "
    "red macaroons and twice as many red macaroons?"),
    "Before he lost one, Tim had 5 more hats than Ann. Ann has 6 hats. How many hats has Tim now?",
    "Zed frobbed 8 cups. Then Zed drank 3 cups. How many cups does Zed have?",
    ("Sam read 5 books on Monday. On the second day he read 3 times that many. How many books did Sam "
    "read on the second day?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), STORIES)
def test_stories_come_to_what_they_say(text: str, answer: int) -> None:
    question = read_question(text)
    reading = examine(read_story(question), question, "rules")
    assert reading is not None
    assert not reading.refuted
    assert not reading.unused
    assert reading.outcome.answers == (Fraction(answer),)


@pytest.mark.parametrize("text", UNREAD)
def test_stories_that_are_not_understood_stay_unread(text: str) -> None:
    assert list(by_clauses(read_question(text))) == []


def test_every_number_is_used_or_named() -> None:
    text = (
        "Amy found 6 shells and 4 crabs. Bea found 9 shells. How many shells did they find in all?"
    )
    draft = read_story(read_question(text))
    assert draft.source == "answer N0 + N2"
    assert draft.counted == {"N1"}


def test_steps_are_named_in_order() -> None:
    text = ("Ira has 12 cards. Uma has twice as many cards as Ira. Lou has 4 more cards than Uma. "
            "How many cards do they have in all?")  # fmt: skip
    lines = read_story(read_question(text)).source.splitlines()
    assert lines == ["let a = 2 * N0", "let b = a + N1", "answer N0 + a + b"]


def test_a_clause_says_who_does_what() -> None:
    question = read_question("On Monday Rosa sold 5 boxes of figs to Carl for $3 each.")
    (sentence,) = sentences(question)
    (clause,) = clauses(elements(sentence, question.numbers))
    assert clause.verb is not None
    assert clause.verb.kind is VerbClass.SELL
    assert [s.head for s in clause.subjects] == ["rosa"]
    thing = clause.things[0]
    assert (thing.phrase.number, thing.phrase.head) == ("N0", "box")
    assert [p.preposition for p in thing.places] == ["to", "for"]
    assert thing.places[1].phrase.per == ()


def test_a_sale_is_told_as_goods_that_go_and_money_that_comes() -> None:
    question = read_question("Rosa sold 5 figs for $3 each.")
    (sentence,) = sentences(question)
    story = Story()
    for clause in clauses(elements(sentence, question.numbers)):
        tell(story, clause)
    goods, money = story.facts
    assert (goods.kind, goods.sign) == (kind_of(("fig",)), -1)
    assert (money.kind, money.sign, money.amount and money.amount.value) == (MONEY, 1, 15)


def test_what_covers_what() -> None:
    pencil, red = kind_of(("pencil",)), kind_of(("red", "pencil"))
    assert pencil.covers(red)
    assert not red.covers(pencil)
    assert not Kind().covers(red)
    assert kind_of(("sand",)).covers(kind_of(("sand", "pound")))


@pytest.mark.parametrize(
    ("form", "lemma"),
    [("bought", "buy"), ("carries", "carry"), ("cutting", "cut"), ("boxes", ""), ("gave", "give")],
)
def test_forms_of_verbs(form: str, lemma: str) -> None:
    assert verb_forms().get(form, ("", None))[0] == lemma


def test_a_comparison_with_nothing_known_is_unread() -> None:
    text = "Kit has 4 more pears than Moe. Moe has some pears. How many pears does Kit have?"
    with pytest.raises(Unread):
        read_story(read_question(text))


def test_what_is_brought_is_added() -> None:
    """The short stories once read `brings` as giving away."""
    text = (
        "Eighteen crates stand in a yard. A truck brings another 7 crates and a van takes 3 "
        "crates. How many crates stand there?"
    )
    answer = solve(text, model=None)
    assert answer.best is not None
    assert answer.best.candidate.text() == "22"
