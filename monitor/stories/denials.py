"""Words of saying and denying in both languages, and which denials are denials of a fact. Pure.

"Denied entry", "negó la fianza", "rejected the offer" refuse something; "denied that…", "negó haber…", "rejected the
claim" say that something is not so. What stands behind the verb tells them apart, by the lists in
`data/statements.yaml`. Known gaps: a fact in a noun that is not listed is taken for a refusal; Spanish verbs in an
irregular subjunctive that is not listed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from monitor.records import Lang
from monitor.stories.actors import document

Pattern = re.Pattern[str]
_DAY = (
    r"(?:(?:on |este |el |late |early )?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|miercoles|jueves|viernes|sabado|domingo))"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, as patterns on text without accents in lower case."""

    say: Pattern
    according: Pattern
    strong: Pattern
    weak: Pattern
    called: Pattern
    denied_by: Pattern
    no_information: Pattern
    untrue: Pattern
    negated: Pattern
    not_yet: Pattern
    long_ago: Pattern
    unsure: Pattern
    unsaid: Pattern  # from here on: at the end of what stands before something
    pronouns: Pattern
    speakers: Pattern
    claim_ends: Pattern
    prepositions: Pattern
    joined: Pattern
    next_to: Pattern  # between a verb and the actor behind it
    breaks: Pattern  # between an actor and a verb that is another's
    opens: Pattern  # before the verb of a sentence without a subject
    leads: Pattern  # between a verb and what is said
    afterthought: Pattern


@lru_cache(maxsize=2)
def words(language: Lang) -> Words:
    listed = document()
    deny, beside = listed["deny"], listed["beside"]
    in_language = {key: pattern(listed[key][language]) for key in _IN_LANGUAGE}
    return Words(
        **in_language,
        strong=pattern(deny["strong"][language]),
        weak=pattern(deny["weak"][language]),
        denied_by=pattern(deny["denied_by"], behind=" "),
        not_yet=pattern(listed["not_yet"]),
        long_ago=pattern(listed["long_ago"]),
        unsaid=pattern(listed["unsaid"], behind=r"(?: \w+)?[ ]$"),
        pronouns=pattern(listed["pronouns"][language], behind=r"(?: (?:also|tambien|has|have|had|ha|han))?[ ]$"),
        speakers=pattern(listed["speakers"], behind=r"(?: \w+)?(?: of| for| de| del)?(?: the| la| el| los| las)?[ ]$"),
        claim_ends=pattern(listed["claim_ends"], behind=r"(?: \w+)?[ ]$"),
        prepositions=pattern(beside["prepositions"][language], behind=beside["determiners"]),
        joined=pattern(beside["joined"], behind=",? ?$"),
        next_to=re.compile(beside["behind"]),
        breaks=re.compile(rf"[;:?«»“”\"]|\b(?:{beside['breaks']})\b"),
        opens=re.compile(beside["opens"]),
        leads=re.compile(rf"^(?:[\s,:]|(?:{joined(listed['leads'])})(?!\w))+"),
        afterthought=re.compile(rf"(?:[\s,]|{_DAY})*(?:{listed['afterthoughts']})\b"),
    )


_IN_LANGUAGE = ("say", "according", "called", "no_information", "untrue", "negated", "unsure")


def pattern(alternatives: str, *, behind: str = r"(?![\w-])") -> Pattern:
    """Words of the file, which may be written over several lines."""
    return re.compile(rf"(?<![\w-])(?:{joined(alternatives)}){behind}")


def joined(alternatives: str) -> str:
    return re.sub(r"\n\s*", "", alternatives)


# ---------------------------------------------------------------- facts


def is_denial(verb: str, before: str, object_: str, language: Lang) -> bool:
    """Whether a verb that may also refuse denies a fact, by what stands before it and by what is denied."""
    facts = _facts(language)
    object_ = facts.adverbs.sub("", object_)
    if facts.passive.search(before) and not (language == "es" and object_.startswith("que ")):
        return False
    if facts.opens.match(object_):
        return True
    if language == "es" and object_.startswith("que "):
        return "neg" in verb or "nieg" in verb or facts.subjunctive.match(object_[4:]) is not None
    found = _names_a_fact(object_, facts)
    if found is not None:
        return found
    return language == "en" and verb.startswith("den") and _has_verb(object_, facts)


@dataclass(frozen=True, slots=True)
class _Facts:
    opens: Pattern
    facts: Pattern
    refusals: Pattern
    requests: Pattern
    not_gerunds: Pattern
    finite: Pattern
    subjunctive: Pattern
    adverbs: Pattern
    passive: Pattern


@lru_cache(maxsize=2)
def _facts(language: Lang) -> _Facts:
    deny: Mapping[str, Any] = document()["deny"]
    return _Facts(
        opens=pattern(deny["opens"][language]),
        facts=pattern(deny["facts"][language]),
        refusals=pattern(deny["refusals"][language]),
        requests=pattern(deny["requests"]),
        not_gerunds=pattern(deny["not_gerunds"]),
        finite=pattern(deny["finite"]),
        subjunctive=pattern(deny["subjunctive"]),
        adverbs=re.compile("^" + deny["adverbs"]),
        passive=pattern(deny["passive"], behind=r"(?: \w+ly)?[ ]$"),
    )


_NEAR = 5  # words behind a verb in which its object stands


def _names_a_fact(object_: str, facts: _Facts) -> bool | None:
    """Whether the object is a noun for a fact, or for what can be refused, whichever comes first; None when neither."""
    near = " ".join(re.split(r"[ ,.:]+", object_)[:_NEAR])
    fact, refused = facts.facts.search(near), facts.refusals.search(near)
    if fact is None:
        return False if refused else None
    earlier = refused is not None and refused.start() <= fact.start()
    return not earlier and facts.requests.search(near) is None


_GERUND = re.compile(r"\w{3,}ing\b")


def _has_verb(object_: str, facts: _Facts) -> bool:
    """Whether an English object is a clause: "firing first", "agents crossed the line"."""
    if _GERUND.match(object_) and not facts.not_gerunds.match(object_):
        return True
    return facts.finite.search(" ".join(object_.split()[1:9])) is not None
