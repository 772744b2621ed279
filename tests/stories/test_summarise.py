"""Two whole sentences from the reports, and the headline that stands for a language."""

from monitor.stories.summarise import lead_member, summarise
from tests.stories.conftest import member, report, story

EN = report(
    "Tunnel found", "Agents found a tunnel under a warehouse in Otay Mesa on Tuesday. It had rails.", source="a"
)
ES = report(
    "Hallan túnel", "Agentes hallaron un túnel bajo una bodega de Otay Mesa este martes.", source="b", language="es"
)


def test_one_sentence_of_each_language() -> None:
    summary = summarise(story(EN, ES), lead_count=3)
    assert [(s.language, s.article_id) for s in summary] == [("en", EN.id), ("es", ES.id)]
    assert summary[0].text == "Agents found a tunnel under a warehouse in Otay Mesa on Tuesday."


def test_two_voices_of_one_language() -> None:
    other = report("Passage", "Investigators said that nobody had been arrested so far in San Diego.", source="c")
    again = report("Tunnel", "Agents found a tunnel under a warehouse in Otay Mesa Tuesday.", source="d", hours=1)
    summary = summarise(story(EN, other, again), lead_count=3)
    assert len({s.source_id for s in summary}) == 2
    assert sum("found a tunnel" in s.text for s in summary) == 1


def test_no_copies_fragments_or_invitations() -> None:
    copy = member(report("Copy", "Agents found a tunnel under a big warehouse in the city.", source="x"), copy_of=EN.id)
    cut = report("Cut", "The passage that was found by the agents led to a house in…", source="c")
    click = report("Click", "Click here to read more about the tunnel that was found.", source="d")
    clic = report("Clic", "Haz clic aquí para leer más sobre el túnel hallado.", source="e", language="es")
    low = report("Low", "and then the agents went into the tunnel with a dog.", source="f")
    assert {s.article_id for s in summarise(story(EN, copy, cut, click, clic, low), lead_count=3)} == {EN.id}


def test_only_sentences_that_are_translated() -> None:
    """`lead_count` sentences of each report exist in the other language; a later one must not be shown."""
    long = report("Long", "Short one. Also short. The third sentence is long enough to stand alone.", source="a")
    assert summarise(story(long), lead_count=2) == ()
    assert len(summarise(story(long), lead_count=3)) == 1


def test_the_leading_headline_is_central_and_neither_shouted_nor_bait() -> None:
    plain = report("Agents find tunnel under Otay Mesa warehouse", source="a", hours=3)
    near = report("Tunnel under warehouse in Otay Mesa found by agents", source="b", hours=4)
    shouted = report("AGENTS FIND TUNNEL UNDER OTAY MESA WAREHOUSE", source="c")
    bait = report("You won't believe what agents found under a warehouse!", source="d", hours=1)
    chosen = lead_member(story(plain, near, shouted, bait), "en")
    assert chosen is not None
    assert chosen.article.id == plain.id
    assert lead_member(story(plain), "es") is None
