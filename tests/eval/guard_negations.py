"""Faults of negation in translations: dropped and added, in good grammar of the translation's language.

A dropped "not" leaves a sentence that a reader takes for true: "did not confirm" → "confirmed", "no hubo ningún" →
"hubo un". Where two negations stand in a sentence, one is dropped.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from tests.eval.guard_corruptions import Case, Fault
from tests.eval.guard_words import any_word, like, replaced, words

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_PARTICIPLE = (
    r"(?= (?:\w+ed|\w+en|been|come|become|found|left|lost|made|met|sent|shot|held|fled|gone|won|said|told|cut)\b)"
)
_AUXILIARY = (
    rf"is|are|was|were|has{_PARTICIPLE}|have{_PARTICIPLE}|had{_PARTICIPLE}|will|would|can|could|may|might|should|must"
)
_PLURALS = {
    "arrests",
    "deaths",
    "injuries",
    "victims",
    "links",
    "ties",
    "plans",
    "signs",
    "signals",
    "survivors",
    "people",
}


@lru_cache(maxsize=1)
def _verbs() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Base → past, base → third person, past → base."""
    rows = [row.split() for row in words()["verbs"]]
    return {b: p for p, b, _ in rows}, {b: t for _, b, t in rows}, {p: b for p, b, _ in rows}


def _past(match: re.Match[str]) -> str:
    base = match.group("verb").lower()
    irregular: dict[str, str] = words()["irregular_past"]
    if base in irregular:
        return irregular[base]
    if base in _verbs()[0]:
        return _verbs()[0][base]
    if re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ied"
    return base + ("d" if base.endswith("e") else "ed")


def _third(match: re.Match[str]) -> str:
    base = match.group("verb")
    if base in _verbs()[1]:
        return _verbs()[1][base]
    if re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ies"
    return base + ("es" if re.search(r"(?:s|sh|ch|x|o)$", base) else "s")


def _same_case(new: str) -> Callable[[re.Match[str]], str]:
    return lambda match: like(match.group(), match.expand(new))


def _no_noun(match: re.Match[str]) -> str:
    """ "no arrests" → "arrests"; "no link" → "a link"."""
    noun = match.group("noun")
    plural = noun.endswith("s") or noun in _PLURALS or noun in {"information", "evidence", "water", "food", "money"}
    return match.group("before") + (noun if plural else f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}")


def _compiled(rules: Sequence[tuple[str, str | Callable[[re.Match[str]], str]]]) -> tuple[Rule, ...]:
    return tuple((re.compile(p, re.IGNORECASE), _same_case(new) if isinstance(new, str) else new) for p, new in rules)


_ENGLISH_DROPPED = _compiled(
    [
        (r"\bdid(?: not|n['’]t) (?:immediately |even |ever |yet |really )?(?P<verb>[a-z]+)\b", _past),
        (r"\bdoes(?: not|n['’]t) (?P<verb>[a-z]+)\b", _third),
        (r"\bdo(?: not|n['’]t) ", ""),
        (rf"\b({_AUXILIARY}) not(?! only| just| necessarily| at all)(?: yet)?\b", r"\1"),
        (r"\bcannot\b", "can"),
        (r"\bcan['’]t\b", "can"),
        (r"\bwon['’]t\b", "will"),
        (r"\b(is|are|was|were|has|have|had|would|could|should|must)n['’]t\b", r"\1"),
        (r"\b(has|have|had) not\b", r"\1"),
        (r"\bno longer\b", "still"),
        (r"\bnever before (?:had|has) ", "before, he had "),
        (r"\bnever (?=\w+ed\b|asked|been|again|shared|had|was|were)", ""),
        (r"\b(will|would|could|can|has|have|had|was|were|is) never\b", r"\1"),
        (r"\b(?:no one|nobody) (?=was|is|has|had|will)", "someone "),
        (r"\bnone of (?=the)", "all of "),
        (r"\bnone of (?=\d|its|his|their)", "some of "),
        (r"\bwithout (?=a\b|an\b|the\b|any|[a-z]+(?:s|ing)?\b)", "with "),
        (r"\bneither (the|a|[a-z]+s?) (.{3,40}?) nor\b", r"both \1 \2 and"),
        (
            r"(?P<before>\b(?:there (?:are|were|was|is|have been)|has|had|have|having|with|found|reported) )no"
            r" (?P<noun>[a-z]+)",
            _no_noun,
        ),
        (r"\bnothing\b", "something"),
        (r"\bnot even\b", "even"),
        (r"\bnot all\b", "all"),
        (r"\bnot enough\b", "enough"),
        (r"^no (?=[a-z]+s\b)", ""),
        (r", not in [A-Z]\w+(?=\.)", ""),
        (r"\bunable to\b", "able to"),
        (r"\bnot ", ""),
    ]
)

_SPANISH_DROPPED = _compiled(
    [
        (r"\bno (\w+(?: \w+)?) (?:a )?ning[uú]n\b", r"\1 un"),
        (r"\bno (\w+(?: \w+)?) (?:a )?ninguna\b", r"\1 una"),
        (r"\bno (\w+(?: \w+)?) a nadie\b", r"\1 a alguien"),
        (r"\bno (\w+(?: \w+)?) nada\b", r"\1 algo"),
        (r"\b(ya) no (?=\w)", "todavía "),
        (r"\b(?:a[uú]n|todav[ií]a) no (?=\w)", "ya "),
        (r"\bni siquiera\b", "incluso"),
        (r"\bni (?=el|la|los|las|su|un)(.{3,40}?) ni\b", r"tanto \1 como"),
        (r"\bno (\w+) ni (?=\w)", r"\1 y "),
        (r"\btampoco\b", "también"),
        (r"\bnunca antes\b", "antes"),
        (r"\b(?:nunca|jamás) (?=\w)", ""),
        (r"\bnadie (?=\w+(?:ó|a|e|o)\b|ha|fue|resultó)", "alguien "),
        (r"\bninguno de (?=los)", "todos "),
        (r"\bninguna de (?=las)", "todas "),
        (r"\bning[uú]n (?=\w)", "un "),
        (r"\bninguna (?=\w)", "una "),
        (r"\bsin (?=\w+(?:ar|er|ir)\b)", "al "),
        (r"\bsin (?!embargo|duda|fronteras)(?=\w)", "con "),
        (r"\bnada (?=fue|se)", "algo "),
        (r"\bno (?=todos|todas)", ""),
        (r", no en \w+(?=\.)", ""),
        (r"(?<!o )(?<!si )\bno (?!s[oó]lo|solamente|obstante|gubernamental|es [oó]bice)(?=\w)", ""),
    ]
)


def _first_rules(rules: Sequence[Rule], output: str, dice: random.Random) -> str:
    """One of the places where a rule fits, by the first rule that fits there."""
    places: dict[int, tuple[re.Match[str], str]] = {}
    for pattern, new in rules:
        for match in pattern.finditer(output):
            overlaps = any(m.start() < match.end() and match.start() < m.end() for m, _ in places.values())
            if not overlaps:
                places[match.start()] = (match, match.expand(new) if isinstance(new, str) else new(match))
    if not places:
        return ""
    match, new_words = places[dice.choice(sorted(places))]
    return replaced(match, output, new_words)


def dropped(case: Case, dice: random.Random) -> str:
    if case.target == "en":
        return _first_rules(_ENGLISH_DROPPED, case.output, dice)
    result = _first_rules(_SPANISH_DROPPED, case.output, dice)
    alone = re.search(r"^(?:(?!\b(?:no|nunca|sin|tampoco)\b).)*?\bni\b", result, re.IGNORECASE)
    return result[: alone.end() - 2] + "o" + result[alone.end() :] if alone and result.count(" ni ") == 1 else result


# ---------------------------------------------------------------- added

_NEGATED = re.compile(
    r"\b(?:not|no|never|nor|neither|without|nobody|none|nothing|cannot|nunca|ni|sin|nadie|jamás)\b|n['’]t\b", re.I
)
_AFTER_AUXILIARY = re.compile(rf"\b({_AUXILIARY})\b(?! (?:not|no|never|only|n't|been the)\b)(?=,? \w)", re.IGNORECASE)
_OWNS = re.compile(r"\b(has|have|had) (?=(?:a|an|the|\d[\d.,]*|its|their|room|access|weapons|drugs)\b)")
_DO = {"has": "does", "have": "do", "had": "did"}
_THERE = re.compile(r"\b(there (?:were|are|was|is)) (?=(?:\d|some|several|a|an|two|three|\w+s)\b)", re.IGNORECASE)
_SPANISH_PAST = re.compile(
    r"(?<![\w-])(?:(?:se|le|les|lo|la|los|nos) )?(?:(?!según)[a-záéíóúñ]{2,}(?:ó|aron|ieron|aban|ía|ían"
    r"|ará|arán|erá|erán|irá|irán)"
    r"|fue|fueron|hubo|dijo|dijeron|hizo|tuvo|tuvieron|pudo|vino|puso)(?![\w-])"
)
_NO_VERBS = frozenset(
    "policía todavía día vía mayoría fiscalía garantía energía compañía ciudadanía alcaldía habría guía minoría bahía"
    " sequía secretaría mercancía librería autopsía ría economía artillería infantería había tranvía tía"
    " geografía tardía vacía fría sombría batería tubería cercanía lejanía cobardía hombría taquería".split()
)


def added(case: Case, dice: random.Random) -> str:
    """A verb is negated: "seized" → "did not seize", "fue" → "no fue"."""
    return _added_english(case.output, dice) if case.target == "en" else _added_spanish(case.output, dice)


def _added_english(output: str, dice: random.Random) -> str:
    past, third = _verbs()[2], {t: b for b, t in _verbs()[1].items()}
    found: list[tuple[re.Match[str], str]] = []
    for match in _AFTER_AUXILIARY.finditer(output):
        if match.group() not in ("May", "Will") and match.start() > 0:
            found.append((match, f"{match.group(1)} not"))
    found += [(m, f"{_DO[m.group(1)]} not have") for m in _OWNS.finditer(output)]
    found += [(m, f"{m.group(1)} no ") for m in _THERE.finditer(output) if m.group(0)]
    found += [(m, f"did not {past[m.group()]}") for m in re.finditer(any_word(tuple(past)), output) if _is_verb(m)]
    found += [(m, f"does not {third[m.group()]}") for m in re.finditer(any_word(tuple(third)), output) if _is_verb(m)]
    if len(output) % 5 == 0:
        found = [(m, new.replace("did not", "never", 1) if new.startswith("did not") else new) for m, new in found]
        found = [(m, f"never {m.group()}" if new.startswith("never ") else new) for m, new in found]
    found += [(m, "without ") for m in _WITH.finditer(output)]
    return _one_added(found, output, dice)


_WITH = re.compile(
    r"\bwith (?=(?:weapons|documents|permission|drugs|permits|water|food|lights|authorization|papers)\b)"
)
_SUBJECT_ENDS = re.compile(
    r"(?:[A-ZÁÉÍÓÚ][\w.'’-]+|\b(?!reports?\b|was\b|were\b|be\b|been\b|is\b|are\b)[a-z]{4,}s?|\]"
    r"|\bwho|\bthat|\b(?:he|she|it|they|we))$"
)
_NO_SUBJECT = re.compile(
    r"\b(?:was|were|is|are|be|been|being|has|have|had|by|the|a|an|of|to|for|in|on|at|with|and|or|as|from|after|before"
    r"|people|person|migrants|men|women|children|\d+|not|never|will|would|can|could|its|his|their)$",
    re.IGNORECASE,
)


def _is_verb(match: re.Match[str]) -> bool:
    """After a subject, and before an object: not a participle after a noun, as far as that shows."""
    before = match.string[: match.start()].rstrip()
    after = match.string[match.end() :].lstrip()
    if not before or _NO_SUBJECT.search(before) or not _SUBJECT_ENDS.search(before):
        return False
    return not re.match(r"(?:by|in|on|at|near|for|from|between|after|during)\b", after) and bool(after)


_SPANISH_NO = ("no", "no", "no", "nunca", "no", "ya no")  # by the text's length: repeatable and varied


def _added_spanish(output: str, dice: random.Random) -> str:
    present = any_word(tuple(words()["spanish_present"].split()))
    found: list[tuple[re.Match[str], str]] = [
        (m, f"no {m.group()}") for m in _SPANISH_PAST.finditer(output) if m.group() not in _NO_VERBS and not _is_noun(m)
    ]
    taken = {m.start() for m, _ in found}
    found += [
        (m, f"no {m.group()}") for m in re.finditer(present, output) if m.start() not in taken and not _is_noun(m)
    ]
    return _one_added(found, output, dice)


_BEFORE_NOUN = re.compile(
    r"\b(?:el|la|los|las|un|una|unos|unas|de|del|al|en|a|por|para|con|su|sus|esta|este|no|se|le|les|lo|ha|han|había|nunca|ni|sin|nadie|qué)\s*$",
    re.IGNORECASE,
)


def _is_noun(match: re.Match[str]) -> bool:
    """Directly after an article or a preposition no finite verb stands; after "no" it is negated already."""
    before = match.string[: match.start()]
    return not before.strip() or bool(_BEFORE_NOUN.search(before))


_SAYING = re.compile(
    r"(?:said|told|says|warned|testified|replied|reported|claimed|added|dijo|dijeron|dice|dicen|advirtió|declaró"
    r"|aclaró|informó|informaron|asegura|aseguró|respondió|afirma|afirmó|señaló|confirma|confirmó|reportó|detalló|explicó|muestran|indicó|resolvió|agregó)",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"[,»\"”] (?:[\w.'’-]+ ){0,6}$")
_NOT_NEGATED = re.compile(r"\b(?:only|sólo|solo|según|what|which|que|lo que|as)\W+(?:se )?$", re.IGNORECASE)


def _is_attribution(match: re.Match[str]) -> bool:
    """ "…, a guard said", "according to what was reported": nobody negates that."""
    before = match.string[: match.start()]
    says = bool(_SAYING.fullmatch(match.group().split()[-1]) and _ATTRIBUTES.search(before))
    return says or bool(_NOT_NEGATED.search(before))


def _one_added(found: list[tuple[re.Match[str], str]], output: str, dice: random.Random) -> str:
    """One of the places, in a clause that has no negation yet."""
    free = [(m, new) for m, new in found if not _NEGATED.search(_clause(m, output)) and not _is_attribution(m)]
    if not free:
        return ""
    match, new = dice.choice(free)
    return replaced(match, output, new)


def _clause(match: re.Match[str], output: str) -> str:
    """The words around a verb, up to the next comma, semicolon or full stop."""
    start = max(output.rfind(mark, 0, match.start()) for mark in ",;.:")
    ends = [at for mark in ",;.:" if (at := output.find(mark, match.end())) >= 0]
    return output[start + 1 : min(ends, default=len(output))]


# ---------------------------------------------------------------- turned into the opposite

_OPPOSITES = {
    "en": "denied=confirmed denies=confirms refused=agreed refuses=agrees rejected=accepted rejects=accepts"
    " fails=manages failed=managed unknown=known illegal=legal unable=able dismissed=confirmed suspended=resumed"
    " rule=bring accepted=rejected approved=rejected confirmed=denied confirms=denies allowed=banned closed=opened",
    "es": "negó=confirmó niega=confirma rechazó=aceptó rechaza=acepta rechazaron=aceptaron descartó=confirmó"
    " descarta=confirma descartan=confirman incapaz=capaz desconoce=conoce ilegal=legal prohíbe=permite"
    " aceptó=rechazó aprobó=rechazó confirmó=negó confirma=niega permitió=prohibió cerró=abrió imposible=posible",
}


def opposite(case: Case, dice: random.Random) -> str:
    """The verb says the contrary without a "not": denied → confirmed."""
    table = dict(pair.split("=") for pair in _OPPOSITES[case.target].split())
    found = list(re.finditer(any_word(tuple(table)), case.output, re.IGNORECASE))
    if not found:
        return ""
    match = dice.choice(found)
    return replaced(match, case.output, like(match.group(), table[match.group().lower()]))


NEGATION_FAULTS: Mapping[str, Fault] = {"dropped_negation": dropped, "added_negation": added}
OPPOSITES: Mapping[str, Fault] = {"opposite": opposite}
