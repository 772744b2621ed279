"""What somebody says, denies or has no information about, read from single sentences in English and Spanish. Pure.

A word of saying is looked for first (`data/statements.yaml`), then whose it is: the actor in front of it, or behind it
after a comma and in Spanish headlines, or after "according to"; then what is said. Denied is a fact only: entry, bail,
asylum, rights, offers and requests are refused. "Did not deny", "cannot rule out" and no comment are nothing at all.
Known gaps: only the first verb of a pair ("denies and condemns"); irony; questions; who quotes whom within quotes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.records import Lang, Stance
from monitor.stories.actors import Actor, Named, People, actors_in, press
from monitor.stories.denials import Words, is_denial, words
from monitor.stories.plain import plain


@dataclass(frozen=True, slots=True)
class Heard:
    """One actor's stance on what `claim` says. `not_so` is what a claim says is not so: its words behind the "not"."""

    actor: Actor
    stance: Stance
    claim: str
    not_so: str
    sentence: str
    position: int  # of the sentence in the report; 0 is the headline
    against: str = ""  # id of the actor who is contradicted by name
    own_voice: bool = False  # nobody is quoted: the outlet says so itself


_Kind = Literal["say", "according", "deny", "called", "no information"]


@dataclass(frozen=True, slots=True)
class _Cue:
    kind: _Kind
    start: int
    end: int
    claim: str = ""  # where the cue holds it: "called the report false"


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with what was found in it; offsets hold for all three texts."""

    text: str
    low: str  # without accents, in lower case
    language: Lang
    named: tuple[Named, ...]
    position: int

    @property
    def words(self) -> Words:
        return words(self.language)


def heard_in(texts: Sequence[str], language: Lang, people: People, on: date) -> tuple[Heard, ...]:
    """The statements of one report, given as its headline and its sentences in order."""
    found: list[Heard] = []
    last: Actor | None = None
    for position, text in enumerate(texts):
        low = plain(text).lower()
        if len(low) == len(text) and not words(language).long_ago.search(low):
            sentence = _Sentence(text, low, language, actors_in(text, language, people, on), position)
            heard = list(_statements(sentence, last if position > 1 else None))
            found += heard
            last = heard[-1].actor if heard else last
    return tuple(found)


def in_own_voice(text: str, language: Lang, position: int) -> Heard | None:
    """What an outlet reports as a fact, or None where it quotes, asks, doubts, denies or looks ahead."""
    low, known = plain(text).lower(), words(language)
    quoting = (known.say, known.according, known.strong, known.weak, known.called, known.no_information, known.negated)
    if "?" in low or any(p.search(low) for p in (*quoting, known.untrue, known.unsure, known.long_ago)):
        return None
    return Heard(press(), "said", text, "", text, position, own_voice=True)


# ---------------------------------------------------------------- cues


def _cues(sentence: _Sentence) -> list[_Cue]:
    """The words of saying and denying, from left to right. A denial holds the words it is made of."""
    known, low = sentence.words, sentence.low
    found = [_Cue("no information", m.start(), m.end()) for m in known.no_information.finditer(low)]
    for calling in (known.called, known.denied_by):
        found += [_Cue("called", m.start(), m.end(), m.groupdict().get("claim") or "") for m in calling.finditer(low)]
    found += [_Cue("deny", m.start(), m.end()) for m in known.strong.finditer(low)]
    found += [_Cue("deny", m.start(), m.end()) for m in known.weak.finditer(low) if _denies(sentence, m)]
    found += [_Cue("according", m.start(), m.end()) for m in known.according.finditer(low)]
    found += [_Cue("say", m.start(), m.end()) for m in known.say.finditer(low)]
    kept: list[_Cue] = []
    for cue in found:
        unsaid = cue.kind != "no information" and known.unsaid.search(low[: cue.start])
        if not unsaid and not any(cue.start < other.end and other.start < cue.end for other in kept):
            kept.append(cue)
    return sorted(kept, key=lambda cue: cue.start)


def _denies(sentence: _Sentence, verb: re.Match[str]) -> bool:
    """Whether a verb denies a fact; in Spanish the actor may stand between it and its object."""
    end = verb.end()
    if sentence.language == "es":
        actor = _next_to(sentence, end)
        end = _end_of(sentence, actor) if actor else end
    return is_denial(verb[0], sentence.low[: verb.start()], sentence.low[end:].lstrip(" ,"), sentence.language)


# ---------------------------------------------------------------- whose they are


def _statements(sentence: _Sentence, last: Actor | None) -> Iterator[Heard]:
    """The statements of a sentence; `last` is the actor of the one before, whom a pronoun means."""
    cues = _cues(sentence)
    title = _colon(sentence) if sentence.position == 0 else None
    if title and not cues:
        yield _heard(sentence, title.actor, _Cue("say", 0, 0), title.claim)
    actor = title.actor if title else None
    for index, cue in enumerate(cues):
        behind = cues[index + 1] if index + 1 < len(cues) else None
        spoken = _speaker(sentence, cue, cues[index - 1] if index else None)
        if spoken is None and _inherits(sentence, cue, cues[index - 1] if index else None):
            actor = actor or last
        elif spoken:
            actor = spoken.actor
        elif not title:
            actor = None
        only_opens = cue.kind == "say" and behind and len(sentence.low[cue.end : behind.start].split()) <= _OPENS_WITHIN
        if actor and not (only_opens and behind and behind.kind in ("deny", "no information", "called")):
            yield _heard(sentence, actor, cue, _claim(sentence, cue, spoken, behind))


@dataclass(frozen=True, slots=True)
class _Titled:
    actor: Actor
    claim: str


def _colon(sentence: _Sentence) -> _Titled | None:
    """A headline that names the speaker on one side of a colon."""
    if sentence.low.count(": ") != 1:
        return None
    at = sentence.low.index(": ")
    for named in sentence.named:
        if named.end <= at and named.start < _FAR:
            beside = sentence.low[: named.start] + sentence.low[named.end : at]
            if len(_LONG_WORD.findall(beside)) <= 2 or sentence.low.startswith(_QUOTES, at + 2):
                return _Titled(named.actor, sentence.text[at + 2 :])
        if at < named.start < at + _FAR and len(sentence.low[at + 2 :].split()) <= _MOST_OF_A_TITLE:
            return _Titled(named.actor, sentence.text[:at])
    return None


_FAR = 25  # characters
_MOST_OF_A_TITLE = 6  # words
_LONG_WORD = re.compile(r"\w{3,}")
_QUOTES = ('"', "'", "«", "“", "‘")
_ASIDE = re.compile(r",[^,]*,")
_OPENED = re.compile(r"(?:^|[,\"»”’:;] ?)$")
_MOST_BETWEEN = 9  # words from an actor to its verb
_MOST_OF_A_SPEAKER = 40  # characters


def _speaker(sentence: _Sentence, cue: _Cue, before: _Cue | None) -> Named | None:
    """Whose word it is: of the actor behind it after a comma or in front of everything, else of the one before it."""
    behind = _next_to(sentence, cue.end) or _spokesperson(sentence, cue)
    if cue.kind == "according":
        return behind
    ahead = _in_front(sentence, cue, before.end if before else 0)
    verb_first = ahead is None and sentence.language == "es" and cue.kind != "no information"
    if behind and (verb_first or _OPENED.search(sentence.low[: cue.start])):
        return behind
    return ahead


def _next_to(sentence: _Sentence, end: int) -> Named | None:
    """The actor that follows at once."""
    after = [named for named in sentence.named if named.start >= end]
    return next((named for named in after if sentence.words.next_to.fullmatch(sentence.low[end : named.start])), None)


def _spokesperson(sentence: _Sentence, cue: _Cue) -> Named | None:
    """The actor for whom somebody speaks: ", dijo un vocero de la Marina"."""
    for named in sentence.named:
        between = sentence.low[cue.end : named.start] if named.start >= cue.end else ""
        if between and len(between) < _MOST_OF_A_SPEAKER and sentence.words.speakers.search(between):
            return named
    return None


def _in_front(sentence: _Sentence, cue: _Cue, from_: int) -> Named | None:
    """The nearest actor before a verb that can be its subject: not in a phrase of its own, not in another clause."""
    low, known = sentence.low, sentence.words
    for named in reversed([n for n in sentence.named if from_ <= n.start and n.end <= cue.start]):
        between = _ASIDE.sub(" ", low[named.end : cue.start])
        if known.breaks.search(between) or len(between.split()) > _MOST_BETWEEN:
            return None
        apart = "," in between and cue.kind != "no information"  # "SSPC, sin información sobre…"
        if apart and not named.actor.vague:
            return None
        led = low[: named.start]
        if not apart and (not known.prepositions.search(led) or known.speakers.search(led)):
            return named
    return None


def _inherits(sentence: _Sentence, cue: _Cue, before: _Cue | None) -> bool:
    """Whether a word of saying without an actor is that of the actor before: "he said", "…and denied", "Negó que…"."""
    led = sentence.low[: cue.start]
    if sentence.words.pronouns.search(led):
        return True
    if before is not None:
        return sentence.words.joined.search(led) is not None or len(sentence.low[before.end : cue.start].split()) <= 3
    return sentence.language == "es" and sentence.position > 0 and sentence.words.opens.fullmatch(led) is not None


_OPENS_WITHIN = 3  # words: "said it has no information", "dijo no tener registro"


def _end_of(sentence: _Sentence, named: Named) -> int:
    """Where an actor ends, with the place or name that belongs to it ("alcaldesa de Camargo", "familia de Zapata")."""
    match = _OWN.match(plain(sentence.text)[named.end :])
    return named.end + (match.end() if match else 0)


_OWN = re.compile(r"(?: (?:de|del|of) (?:(?:[A-Z]\w+|la|el|los) ?){1,4}(?= )| [A-Z]\w+(?: [A-Z]\w+)*)")


# ---------------------------------------------------------------- what is said


def _claim(sentence: _Sentence, cue: _Cue, spoken: Named | None, behind: _Cue | None) -> str:
    """The words that are said, as they are written."""
    if cue.claim:
        return cue.claim
    low, end, start = sentence.low, cue.end, cue.start
    if spoken and spoken.start >= cue.end:
        end = _end_of(sentence, spoken)
    elif spoken:
        start = spoken.start
    stop = len(low)
    if behind and behind.start > end and sentence.words.claim_ends.search(low[end : behind.start]):
        stop = behind.start
    stop = low.find(";", end, stop) if ";" in low[end:stop] else stop
    rest = low[end:stop]
    if _follows(sentence, cue, rest, start, own=bool(spoken and spoken.start >= cue.end)):
        closed = _CLOSED.search(low[:start])
        return sentence.text[: closed.start() if closed else start].strip(' ,"«»“”')
    lead = sentence.words.leads.match(rest)
    return sentence.text[end + (lead.end() if lead else 0) : stop].strip()


_CLOSED = re.compile(r"[,\"»”] ?(?:(?:the|la|el|los|las|two|three|four|some|dos|tres|un|una|several|varios) ?)*$")


def _follows(sentence: _Sentence, cue: _Cue, rest: str, start: int, *, own: bool) -> bool:
    """Whether a word of saying stands behind what is said: "…, officials said Monday", "…, según la empresa"."""
    led = sentence.low[:start]
    if cue.kind not in ("say", "according") or len(led.split()) < 2:
        return False
    short = len(re.findall(r"\w+", rest)) < (_SHORT_WITH_ACTOR if own else _SHORT)
    if cue.kind == "according":
        return short
    return _CLOSED.search(led) is not None and (short or sentence.words.afterthought.match(rest) is not None)


_SHORT = 4  # words: too few to be what is said
_SHORT_WITH_ACTOR = 8


def _heard(sentence: _Sentence, actor: Actor, cue: _Cue, claim: str) -> Heard:
    known = sentence.words
    flat = plain(claim).lower()
    stance: Stance = "said"
    if cue.kind in ("deny", "called"):
        stance = "denied"
    elif cue.kind == "no information":
        stance = "no information"
    elif known.untrue.search(flat):
        stance, claim = "denied", _without(claim, known.untrue)
        flat = plain(claim).lower()
    elif lack := known.no_information.search(flat[:_LACK_WITHIN]):
        stance, claim = "no information", claim[lack.end() :].strip()
        flat = plain(claim).lower()
    return Heard(actor, stance, claim, _not_so(flat, known), sentence.text, sentence.position, _against(sentence, cue))


def _not_so(claim: str, known: Words) -> str:
    """What follows the negation near the beginning of a claim. What is not so yet is no denial."""
    negation = known.negated.search(claim)
    if negation is None or known.not_yet.search(claim) or len(claim[: negation.start()].split()) > _OPENING:
        return ""
    return claim[negation.end() :].strip()


_OPENING = 7  # words
_LACK_WITHIN = 50  # characters


def _without(claim: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(plain(claim).lower())
    return claim[: found.start()] + claim[found.end() :] if found else claim


def _against(sentence: _Sentence, cue: _Cue) -> str:
    """Whom a denial names: "desmiente a Trump", "disputes governor's claim", "rejects FAA account"."""
    if cue.kind not in ("deny", "called"):
        return ""
    for named in sentence.named:
        between = sentence.low[cue.end : named.start] if named.start >= cue.end else "-"
        after = sentence.low[named.end : named.end + 30]
        object_ = between.rstrip().endswith(" a") and len(between.split()) <= 4
        owns = len(between.split()) <= 1 and re.match(
            r"(?:'s|')? (?:claims?|accounts?|version|allegations?|statement)", after
        )
        if object_ or owns:
            return named.actor.id
    return ""
