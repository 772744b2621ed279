"""Two sentences that tell a story, word for word from its reports. Pure.

Chosen by position (news says it first), by how much of the headlines it tells, and by how many reports say the same
(LexRank's idea, Erkan and Radev 2004, in its simplest form: mean overlap with the other reports). The language's
first report has an advantage; a sentence that needs the one before it ("He said", "Lo anterior"), looks back or tells
of a further event has a handicap. Known gaps: overlap of words does not see paraphrase; a Spanish verb
without its subject is seen where it is an imperfect, a passive or "… que" ("Iban a Texas", "Aclaró que"), not in "Murió
en el hospital"; "Este" before a weekday is told from "Este" alone by a list.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from monitor.records import LANGUAGES, Lang, Member, Story, SummarySentence
from monitor.stories.figures import looks_back
from monitor.text import fold, lead_sentences

_SENTENCES = 2
_OPENING = 0.5  # the first report says what happened; later ones take that as known
_NEEDS_ANOTHER = 2.0  # more than place and headlines can give: such a sentence is the last resort
_LOOKS_BACK = 0.75
_FURTHER_EVENT = 0.5
_WITHHELD = 4.0  # half of the readers could not read it
_SAME_VOICE = 1.0  # a report of one's own in the other language adds little
_FEWEST_WORDS, _MOST_CHARS = 6, 360
_SAME = 0.5  # share of words in common from which a second sentence adds nothing
_JUNK = re.compile(
    r"\b(?:click here|read more|sign up|subscribe|newsletter|follow us|download (?:the|our) app|watch (?:the )?video"
    r"|this story (?:was|originally)|originally published|appeared first|all rights reserved|photo by|file photo"
    r"|haz clic|da clic|haga clic|lee tambien|lea tambien|te puede interesar|te recomendamos|suscribete|siguenos"
    r"|leer mas|ver mas|nota relacionada|consulta aqui|da click|haz click|con informacion de|tap here|read the full"
    r"|sigue leyendo|mas informacion en|descarga la app|foto:|video:|todos los derechos)\b"
    r"|https?://|^(?:photos?|videos?|updates?|foto|lee|lea|mira)\s*:"
)
_DANGLING = re.compile(  # its subject, or what it adds to, was named in the sentence before
    r"[\"'“‘«(\[¿¡]*(?:(?:he|she|they|it|his|her|their|its|these|those|both|others|some of them|one of them|such|also"
    r"|this|that|but|and|however|meanwhile|instead|so|then|still|again|earlier|later|afterwards"
    r"|él|ella|ellos|ellas|ello|esto|eso|aquello|éste|ésta|éstos|éstas|lo anterior|lo mismo|dich[oa]s?|ambos|ambas"
    r"|también|además|asimismo|sin embargo|por su parte|pero|mientras tanto|en tanto|entonces|después|luego|ahí|allí"
    r"|sus?|est[oa]s|es[oa]s?|por eso|por ello|con ello|con esto|tal(?:es)?|entre ellos|entre ellas|otr[oa]s)\b"
    r"|est[ea] (?!lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|semana|mes|mañana|tarde|noche|madrugada"
    r"|año|fin de))",
    re.IGNORECASE,
)
_OPENS_ES = r"[\"'“‘«(\[¿¡]*(?:(?:no|ya|tampoco|se|les?|l[oa]s?) )*"
_SUBJECT_FOLLOWS = r"(?!(?:el|la|los|las|un|una|unos|unas|cada|decenas|cientos|miles|dos|tres|cuatro|cinco|\d+)\b)"
_NO_SUBJECT = re.compile(  # a Spanish verb whose subject stands in the sentence before: "Iban a Texas", "Aclaró que …"
    rf"{_OPENS_ES}(?!graban|alaban)(?:\w+(?:aban?|ían)|iban?|eran?|(?:ten|viv|ven|sal|permanec|pretend|conduc|sab|pod"
    rf"|quer|hac|deb|dec|ped)ía) {_SUBJECT_FOLLOWS}"
    rf"|{_OPENS_ES}(?:\w+(?:ó|aron|ieron)|(?:dice|afirma|señala|asegura|indica|explica|advierte|sostiene|agrega|añade"
    rf"|detalla|precisa|reitera|insiste)n?) que\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(  # "Fue llevado a la capital"; as an opening it names its subject later
    rf"{_OPENS_ES}(?:fue(?:ron)?|ha(?:n)? sido|quedó|quedaron) \w+[aieo]d[oa]s? {_SUBJECT_FOLLOWS}", re.IGNORECASE
)
_TIMES = re.compile(r"this (?:mon|tues|wednes|thurs|fri|satur|sun|week|month|morning|evening|afternoon)", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“«]")
_QUESTION = re.compile(r"^[\"'“‘«(\[]*¿|\?[\"'”’»)\]]*$")
_FURTHER = re.compile(
    r"\b(?:(?:second|third|fourth|another|new) (?:\w+ )?(?:flight|group|seizure|attack|transfer|tunnel|day|load|raid)"
    r"|(?:segund[oa]|tercer[oa]?|cuart[oa]|otr[oa]|nuev[oa]) (?:\w+ )?"
    r"(?:vuelo|grupo|decomiso|ataque|traslado|tunel|dia|cargamento|operativo|envio))\b|\ba \w+ dias? de[l ]"
)
_START = re.compile(r"[\"'“‘«(\[¿¡]*[A-ZÁÉÍÓÚÜÑ0-9$]")
_END = re.compile(r"(?<!\.\.)[.!?][\"'”’»)\]]*$")
_LITTLE = frozenset(
    "the a an of in on at to and or for by with from that who was were are is be has had have it its as this his her"
    " said el la los las un una de del en y o a al por con para que se su sus fue fueron lo es son ha han dijo"
    " como".split()
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    sentence: SummarySentence
    voice: str
    words: frozenset[str]
    position: int  # in its report
    score: float
    needs_another: bool  # cannot be understood alone
    withheld: bool  # has no translation fit to show

    def follows(self, other: "_Candidate") -> bool:
        """Whether it stands right behind the other in one report, and so may refer to it."""
        same = self.sentence.article_id == other.sentence.article_id
        return same and self.position == other.position + 1


def summarise(story: Story, *, lead_count: int, withheld: Collection[str] = frozenset()) -> tuple[SummarySentence, ...]:
    """At most two sentences out of the first `lead_count` of each report, as `lead_sentences` gives them.

    One of each language when the story has both (English first), else from two voices where possible. Never from a
    copy, never a fragment, never a question. Empty when no report has a whole sentence. `withheld` are sentences
    without a translation fit to show: taken only where the language has no other.
    """
    candidates = sorted(
        _candidates(story, lead_count, withheld), key=lambda c: (-c.score, c.sentence.article_id, c.sentence.text)
    )
    chosen = _one_of_each(candidates)
    if len(chosen) < _SENTENCES:
        chosen = _in_order([*chosen, *_second(chosen, candidates)])
    return tuple(c.sentence for c in chosen)


def _one_of_each(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The sentences, one of each language, that are best together; two of one voice only when it is much the best."""
    of_each = [_two_voices(c for c in candidates if c.sentence.language == language) for language in LANGUAGES]
    choices = list(product(*filter(None, of_each)))
    return list(max(choices, key=_worth_together))  # of equals the first


def _two_voices(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The best of each of the two best voices: a pair with any other is no better."""
    best: dict[str, _Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.voice, candidate)
    return list(best.values())[:2]


def _worth_together(chosen: Iterable[_Candidate]) -> float:
    chosen = tuple(chosen)
    repeated = len(chosen) - len({c.voice for c in chosen})
    return sum(c.score for c in chosen) - _SAME_VOICE * repeated


def _second(chosen: Sequence[_Candidate], candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """A sentence that adds something to the first, best one that can be read after it, and from another voice."""
    if not chosen:
        return []
    first = chosen[0]
    others = [c for c in candidates if _overlap(c.words, first.words) < _SAME]
    hanging = {id(c): c.needs_another and not c.follows(first) for c in others}
    return sorted(others, key=lambda c: (c.withheld, hanging[id(c)], c.voice == first.voice))[: _SENTENCES - 1]


def _in_order(chosen: Sequence[_Candidate]) -> list[_Candidate]:
    """Two sentences of one report in the report's order."""
    if len({c.sentence.article_id for c in chosen}) > 1:
        return list(chosen)
    return sorted(chosen, key=lambda c: c.position)


def _candidates(story: Story, lead_count: int, withheld: Collection[str]) -> Iterable[_Candidate]:
    told = [m for m in story.members if not m.copy_of] or list(story.members)
    first = {m.language: m for m in reversed(told)}  # members are in order of publication
    said = {m.article.id: _words(" ".join((m.article.title, *_lead(m, lead_count)))) for m in told}
    for member in told:
        others = [said[m.article.id] for m in told if m.language == member.language and m is not member]
        titles = [_words(m.article.title) for m in told if m.language == member.language]
        for position, text in enumerate(_lead(member, lead_count)):
            if _is_whole(text):
                score = _score(_words(text), others, titles, position) - _handicap(text, position)
                score += _OPENING if member is first[member.language] else 0
                yield _candidate(member, text, position, score, withheld=text in withheld)


def _candidate(member: Member, text: str, position: int, score: float, *, withheld: bool) -> _Candidate:
    return _Candidate(
        sentence=SummarySentence(member.article.id, member.article.source_id, member.language, text),
        voice=member.voice,
        words=_words(text),
        position=position,
        score=score - (_WITHHELD if withheld else 0),
        needs_another=_needs_another(text, position),
        withheld=withheld,
    )


def _handicap(text: str, position: int) -> float:
    """What speaks against a sentence. An opening sentence that looks back tells news all the same."""
    return (
        (_NEEDS_ANOTHER if _needs_another(text, position) else 0)
        + (_LOOKS_BACK if position and looks_back(text) else 0)
        + (_FURTHER_EVENT if _FURTHER.search(fold(text)) else 0)
    )


def _needs_another(text: str, position: int) -> bool:
    """Whether a sentence leans on the one before it: a pronoun, "however", no subject, or a quotation of nobody yet."""
    if _TIMES.match(text):
        return False
    if position and _PASSIVE.match(text):
        return True
    return any(pattern.match(text) for pattern in (_DANGLING, _NO_SUBJECT, _QUOTED))


def _lead(member: Member, count: int) -> list[str]:
    return lead_sentences(member.article, member.language, count)


def _score(
    words: frozenset[str], others: Sequence[frozenset[str]], titles: Sequence[frozenset[str]], position: int
) -> float:
    """Between 0 and 3, a third each: place in the report, headlines told, how much of it the other reports say."""
    told = _mean([_share(title & words, title) for title in titles])
    return 1 / (1 + position) + told + _mean([_share(words & other, words) for other in others])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _is_whole(text: str) -> bool:
    """Whether a sentence can stand alone: begins and ends like one, neither cut off nor an invitation to click."""
    return (
        len(text.split()) >= _FEWEST_WORDS
        and len(text) <= _MOST_CHARS
        and _START.match(text) is not None
        and _END.search(text) is not None
        and not _QUESTION.search(text)
        and not _JUNK.search(fold(text))
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(w for w in re.findall(r"\w+", fold(text)) if w not in _LITTLE)


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(min(len(a), len(b)), 1)


# ---------------------------------------------------------------- the headline that stands for a language

_UNREADABLE = 0.9  # a little better than bait

_BAIT = re.compile(
    r"^(?:video|watch|foto|photos?|fotos|en vivo|live|opinion|editorial|column|columna|analysis|analisis|podcast)\b"
    r"|[¡!]|\?$|\b(?:what to know|what we know|here's|here is|esto es lo que|asi fue|asi paso|lo que sabemos|"
    r"you need to|te contamos|te explicamos|no creeras)\b"
)


def lead_member(
    story: Story, language: Lang, fresh: frozenset[str] = frozenset(), withheld: Collection[str] = frozenset()
) -> Member | None:
    """The report whose headline best stands for a language: central, no copy, neither shouted nor bait; or None.

    Reports in `fresh` (article ids) come first: on the day an airspace reopens, its closure is no headline. `withheld`
    are headlines without a translation fit to show; they matter where the other language has none of its own.
    """
    members = story.in_language(language)
    told = [m for m in members if not m.copy_of] or list(members)
    told = [m for m in told if m.article.id in fresh] or told
    titles = {m.article.id: _words(m.article.title) for m in told}
    unreadable = withheld if len(story.languages) == 1 else frozenset()

    def worth(member: Member) -> float:
        return _headline_score(member, told, titles) - (_UNREADABLE if member.article.title in unreadable else 0)

    return min(told, key=lambda m: (-worth(m), m.article.published_at, m.article.id), default=None)


def _headline_score(member: Member, told: Sequence[Member], titles: dict[str, frozenset[str]]) -> float:
    own = titles[member.article.id]
    others = [titles[m.article.id] for m in told if m is not member]
    central = sum(_overlap(own, other) for other in others) / len(others) if others else 0.0
    title = member.article.title
    letters = [c for c in title if c.isalpha()]
    shouted = bool(letters) and sum(c.isupper() for c in letters) > 0.6 * len(letters)
    short = len(title.split()) < 4
    return round(
        central - (1.0 if shouted else 0) - (1.0 if _BAIT.search(fold(title)) else 0) - (0.5 if short else 0), 6
    )
