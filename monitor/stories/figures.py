"""Numbers with what they count, from sentences in English and Spanish. Pure.

Precision before recall: a number counts only when a known noun follows it at once or after adjectives, and never in a
sentence that looks back ("last year", "en lo que va del año") or at another event ("no link to Tuesday's seizure").
"A dozen" and "un centenar" are numbers that nobody counted: they agree with whatever is near.
Known gaps: nouns that are not listed; "dozens" and "decenas" are no numbers; a Spanish "$" is left out, because it may
mean pesos; a sentence is left out whole, even when only half of it looks back.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.records import Article, Lang
from monitor.stories.plain import plain
from monitor.text import lead_sentences

Bound = Literal["exact", "about", "loosely", "at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a sentence: kilos and metres after conversion; `what` narrows the kind ("fentanyl", "deported")."""

    kind: str
    what: str
    value: float
    bound: Bound
    converted: bool  # from pounds, tons, feet, …: rounding is to be expected
    text: str
    sentence: str
    unit: str = ""  # "pounds", "miles", …: only of what is converted
    low: float = 0.0  # the amounts its words may stand for: rounding, short or metric tons
    high: float = 0.0


# ---------------------------------------------------------------- what can be counted

_HUMANS = {
    "people": "people persons individuals men women person passengers personas hombres mujeres individuos sujetos"
    " pasajeros ocupantes connacionales nationals mexicans mexicanos paisanos",
    "migrants": "migrants migrant immigrants immigrant migrantes inmigrantes indocumentados extranjeros",
    "prisoners": "prisoners inmates convicts fugitives capos reos presos reclusos internos operatives kingpins"
    " criminals criminales delincuentes narcos prisioneros",
    "minors": "children minors kids menores niños niñas infantes",
    "troops": "soldiers troops marines guardsmen soldados militares marinos elementos efectivos",
    "agents": "agents officers agentes policías oficiales",
}
_FATES = {
    "dead": "dead deaths killed bodies corpses fatalities died dies die killing kills kill muertos muertas muerto"
    " fallecidos fallecidas cadáveres cuerpos asesinados asesinadas ejecutados mueren murieron fallecen fallecieron"
    " asesinan",
    "injured": "injured wounded hurt injuries heridos heridas lesionados lesionadas hiere",
    "missing": "missing unaccounted desaparecidos desaparecidas faltan faltaban faltantes",
    "detained": "detained arrested arrests detainees arrest arrests arresting suspects detenidos detenidas detenido"
    " arrestados arrestadas capturados capturadas detenciones arrestos sospechosos detienen detuvo detuvieron"
    " arrestan arrestaron capturan capturaron aprehendidos captura detención arresto aprehensión",
}
_ACTIONS = {
    "deported": "deported removed returned repatriated deporting deports deportados deportadas repatriados repatriadas"
    " devueltos deportan deporta deportó deportaron repatrian repatriaron",
    "rescued": "rescued rescue rescues saved rescatados rescatadas rescatan rescata rescató rescataron",
    "transferred": "transferred extradited sends sent hands handed transfers turned extradites trasladados extraditados"
    " entregados enviados entrega entregó envía envió traslada trasladó extradita extraditó",
}
_THINGS = {
    "flights": "flights vuelos",
    "drones": "drones drone drons dron",
    "packages": "packages bundles bricks paquetes bultos ladrillos",
    "weapons": "weapons guns rifles firearms armas fusiles pistolas pistols",
    "rounds": "rounds bullets cartridges cartuchos balas",
    "pills": "pills tablets pastillas tabletas píldoras",
    "vehicles": "vehicles trucks cars vehículos camiones tráileres camionetas autos",
    "encounters": "encounters apprehensions crossings encuentros aprehensiones cruces",
    "hours": "hours hour horas hora",
    "beds": "beds camas",
    "lanes": "lanes carriles",
}
_UNITS = {  # word: (kind, factor)
    "kilos": ("kilos", 1.0), "kilo": ("kilos", 1.0), "kilogramos": ("kilos", 1.0), "kilograms": ("kilos", 1.0),
    "kg": ("kilos", 1.0), "kgs": ("kilos", 1.0), "pounds": ("kilos", 0.45359237), "pound": ("kilos", 0.45359237),
    "lb": ("kilos", 0.45359237), "lbs": ("kilos", 0.45359237), "libras": ("kilos", 0.45359237),
    "tons": ("kilos", 907.18474), "tonnes": ("kilos", 1000.0), "toneladas": ("kilos", 1000.0),
    "ton": ("kilos", 907.18474), "tonelada": ("kilos", 1000.0),
    "meters": ("metres", 1.0), "metres": ("metres", 1.0), "meter": ("metres", 1.0), "metros": ("metres", 1.0),
    "feet": ("metres", 0.3048), "foot": ("metres", 0.3048), "pies": ("metres", 0.3048), "yards": ("metres", 0.9144),
    "yard": ("metres", 0.9144), "miles": ("kilometres", 1.609344), "mile": ("kilometres", 1.609344),
    "millas": ("kilometres", 1.609344), "kilometers": ("kilometres", 1.0), "kilometros": ("kilometres", 1.0),
    "km": ("kilometres", 1.0), "dollars": ("dollars", 1.0), "dolares": ("dollars", 1.0), "usd": ("dollars", 1.0),
    "pesos": ("pesos", 1.0),
}  # fmt: skip
_TONS = frozenset({"tons", "ton"})  # short tons, or metric ones: the English-language press on Mexico means both
_METRIC_TON = 1000.0
_CANONICAL = {  # other words for a unit
    **dict.fromkeys("kilo kilogramos kilograms kg kgs".split(), "kilos"),
    **dict.fromkeys("pound lb lbs libras".split(), "pounds"),
    **dict.fromkeys("tonelada toneladas".split(), "tonnes"),
    **dict.fromkeys("metres meter metros".split(), "meters"),
    **dict.fromkeys("foot pies".split(), "feet"),
    **dict.fromkeys("mile millas".split(), "miles"),
    **dict.fromkeys("kilometros km".split(), "kilometers"),
    **dict.fromkeys("dolares usd".split(), "dollars"),
    "yard": "yards", "ton": "tons",
}  # fmt: skip
_AWAY = re.compile(  # a distance to somewhere, not the length of something
    r"(?:from|away|off|inland|north|south|east|west|al (?:norte|sur|este|oeste|oriente|poniente)"
    r"|de la (?:linea|frontera|costa|ciudad)|de distancia)\b"
)
_SUBSTANCES = {
    "fentanyl": "fentanyl fentanilo", "meth": "meth methamphetamine metanfetamina metanfetaminas cristal",
    "cocaine": "cocaine cocaína", "heroin": "heroin heroína", "marijuana": "marijuana marihuana cannabis",
}  # fmt: skip
_DIMENSIONS = {
    "long": "long length largo longitud", "deep": "deep depth underground profundidad profundo",
    "high": "high tall alto altura",
}  # fmt: skip


def _index(table: dict[str, str]) -> dict[str, str]:
    return {plain(word): key for key, words in table.items() for word in words.split()}


_HUMAN, _FATE, _ACTION, _THING = _index(_HUMANS), _index(_FATES), _index(_ACTIONS), _index(_THINGS)
_SUBSTANCE, _DIMENSION = _index(_SUBSTANCES), _index(_DIMENSIONS)
_CARTEL = frozenset("cartel cartels carteles".split())
_MEMBER = frozenset("members figures leaders bosses integrantes miembros lideres".split())

# ---------------------------------------------------------------- numbers

_UNITS_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_UNITS_ES = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
_WORDS = {
    **{w: n for n, w in enumerate((_UNITS_EN + " seventeen eighteen nineteen").split()) if n > 1},
    **{w: n for n, w in enumerate((_UNITS_ES + " diecisiete dieciocho diecinueve veinte veintiuno").split()) if n > 1},
    **{w: 22 + n for n, w in enumerate("veintidos veintitres veinticuatro veinticinco veintiseis".split())},
    **{w: 27 + n for n, w in enumerate("veintisiete veintiocho veintinueve".split())},
    "cien": 100, "doscientos": 200, "trescientos": 300, "quinientos": 500,
}  # fmt: skip
_TENS = {
    **{w: 20 + 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())},
    **{w: 30 + 10 * n for n, w in enumerate("treinta cuarenta cincuenta sesenta setenta ochenta noventa".split())},
}
_LOOSE = {"dozen": 12.0, "docena": 12.0, "docenas": 12.0, "decena": 10.0, "centenar": 100.0}
_HALVES = ("half a", "media", "medio")
_BOUNDS: tuple[tuple[str, Bound], ...] = (
    ("more than", "at_least"), ("over", "at_least"), ("at least", "at_least"), ("mas de", "at_least"),
    ("al menos", "at_least"), ("por lo menos", "at_least"), ("upwards of", "at_least"),
    ("up to", "at_most"), ("as many as", "at_most"), ("fewer than", "at_most"), ("less than", "at_most"),
    ("hasta", "at_most"), ("menos de", "at_most"), ("about", "about"), ("around", "about"), ("nearly", "about"),
    ("almost", "about"), ("some", "about"), ("roughly", "about"), ("approximately", "about"), ("cerca de", "about"),
    ("casi", "about"), ("alrededor de", "about"), ("aproximadamente", "about"), ("unos", "about"),
    ("unas", "about"), ("un estimado de", "about"), ("an estimated", "about"),
)  # fmt: skip
_MONTHS = (
    "january|february|march|april|june|july|august|september|october|november|december"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|(?:19|20)\\d\\d"
)
_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|miercoles|jueves|viernes|sabado|domingo"
)
_EVENTS_ES = "decomiso|aseguramiento|hallazgo|cargamento|golpe|traslado|envio|vuelo|rescate|ataque"
_LOOKS_BACK = re.compile(  # the number of another time, or of a period
    r"\b(?:last|previous|prior|earlier|past) (?:year|month|week|fiscal|transfer|group|tunnel|seizure|flight|two|three)"
    r"|\bso far (?:this|in)|\bsince (?!\w*day\b)|\byear[- ]to[- ]date|\ba year (?:ago|earlier)|\bthis (?:year|month)\b"
    r"|\bcompared (?:with|to)|\bon average|\bper (?:day|week|month)|\ba (?:day|week|month)\b(?! of)"
    r"|\b(?:ano|mes|semana|fiscal) pasad[oa]|\banterior(?:es)?\b|\bprevi[oa]s?\b|\ben lo que va\b|\bdesde (?:que|hace)"
    r"|\beste (?:ano|mes)\b|\ben promedio|\b(?:al|por) (?:dia|mes|semana)\b|\bdiari[oa]s\b"
    rf"|\bdesde (?:{_MONTHS})\b"
    r"|\b(?:hours?|days?|weeks?|months?|years?) (?:earlier|ago|before)\b|\bearlier this\b"
    rf"|\bhace (?:\w+ )?(?:dias?|semanas?|mes(?:es)?|anos?)\b|\b(?:last (?:{_WEEKDAYS})|(?:{_WEEKDAYS}) pasado)\b"
    r"|\bannual|\banual|\bfiscal year\b|\bto date\b|\ba la fecha\b|\bacumulad[oa]s?\b"
)
_IN_MONTH = re.compile(rf"\b(?:in|en) (?:{_MONTHS})\b")
_OTHER_EVENT = re.compile(  # the number of another event
    r"\bno (?:known )?(?:link|connection|relation|ties?) (?:to|with|between)\b|\bunrelated\b"
    r"|\bnot (?:linked|related) to\b"
    r"|\bsin (?:relacion|vinculo|nexos?) con\b|\bno (?:tienen?|guardan?|hay) (?:relacion|vinculo|nexos?)\b"
    rf"|\b(?:{_WEEKDAYS})'s \w+ of\b|\b(?:{_EVENTS_ES}) del (?:{_WEEKDAYS})\b"
)
_TOKEN = re.compile(r"(?<![^\W\d_])\d+(?:[.,]\d+)*|[^\W\d_]+|[$%;:,.()¿?¡!\"-]")
_ANY_NUMBER = re.compile(r"\d|\b(?:" + "|".join([*_WORDS, *_TENS, *_LOOSE]) + r")\b")
_STOP = frozenset(
    "of in on at by for with and or to from were was are is be been who that which after as the a an en por con y o a"
    " para que fueron fue el la los las un una tras desde hasta al del su sus de".split()
)
_ORDINALS = frozenset("st nd rd th er ª º".split())


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # lower case, without accents
    start: int
    end: int


def quantities(text: str, language: Lang, *, of_any_time: bool = False) -> tuple[Quantity, ...]:
    """The quantities of one sentence or headline, in order; of other times and events only when asked for.

    A share gives both numbers: "three of eight lanes" is three lanes and eight lanes.
    """
    lowered = plain(text).lower()
    if len(lowered) != len(text) or not _ANY_NUMBER.search(lowered):
        return ()
    if not of_any_time and (looks_back(text) or _IN_MONTH.search(lowered)):
        return ()
    tokens = [_Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(lowered)]
    found, at = [], 0
    while at < len(tokens):
        number = None if _is_label(tokens, at) else _number(tokens, at, language)
        if number is None:
            at += 1
            continue
        value, after = number
        counted_after = _end_of_share(tokens, after, language)
        quantity = _quantity(text, tokens, at, counted_after, value=value, language=language)
        if quantity:
            found.append(quantity)
        at = after
    return tuple(found)


def substances(text: str) -> frozenset[str]:
    """The drugs that a text names."""
    return frozenset(_SUBSTANCE[word] for word in re.findall(r"[a-z]+", plain(text).lower()) if word in _SUBSTANCE)


def looks_back(text: str) -> bool:
    """Whether a sentence speaks of another time, of a period or of another event."""
    lowered = plain(text).lower()
    return bool(_LOOKS_BACK.search(lowered) or _OTHER_EVENT.search(lowered))


def _end_of_share(tokens: Sequence[_Token], after: int, language: Lang) -> int:
    """The index after the whole, when a number is said of a larger one ("three of the eight lanes"), else `after`."""
    if after >= len(tokens) or tokens[after].text not in ("of", "de"):
        return after
    whole = after + 1
    if whole < len(tokens) and tokens[whole].text in ("the", "its", "los", "las", "sus"):
        whole += 1
    number = _number(tokens, whole, language) if whole < len(tokens) else None
    return number[1] if number else after


def article_quantities(article: Article, language: Lang, sentence_count: int) -> tuple[Quantity, ...]:
    """The quantities of a report's headline and first sentences."""
    texts = (article.title, *lead_sentences(article, language, sentence_count))
    return tuple(q for text in texts for q in quantities(text, language))


def _is_label(tokens: Sequence[_Token], at: int) -> bool:
    """Whether a number belongs to a name: "MS-13", "I-35", the emergency number."""
    if tokens[at].text == "911":
        return True
    if at < 2 or tokens[at - 1].text != "-":
        return False
    name, dash = tokens[at - 2 : at]
    joined = name.end == dash.start and dash.end == tokens[at].start
    return joined and name.text.isalpha() and name.text not in _TENS and name.text not in _WORDS


def _number(tokens: Sequence[_Token], at: int, language: Lang) -> tuple[float, int] | None:
    """The number that starts at a token, with the index after it."""
    word = tokens[at].text
    if word[0].isdigit():
        value, after = _parse_digits(word, language), at + 1
        if after < len(tokens) and tokens[after].text in _ORDINALS:
            return None
    elif word in _TENS:
        value, after = _with_unit(tokens, at, float(_TENS[word]))
    elif word in _WORDS:
        value, after = float(_WORDS[word]), at + 1
    elif word in _LOOSE and word != "docenas":
        return _LOOSE[word] / (2 if _preceded_by(tokens, at, _HALVES) else 1), at + 1
    else:
        return None
    if after < len(tokens) and tokens[after].text in _LOOSE:
        return value * _LOOSE[tokens[after].text], after + 1
    return _multiplied(tokens, after, value, language)


def _with_unit(tokens: Sequence[_Token], at: int, tens: float) -> tuple[float, int]:
    """ "twenty-six", "treinta y cinco", or the bare tens."""
    rest = [t.text for t in tokens[at + 1 : at + 3]]
    if len(rest) == 2 and rest[0] in ("-", "y") and _WORDS.get(rest[1], 10) < 10:
        return tens + _WORDS[rest[1]], at + 3
    if rest and _WORDS.get(rest[0], 10) < 10:
        return tens + _WORDS[rest[0]], at + 2
    return tens, at + 1


def _multiplied(tokens: Sequence[_Token], after: int, value: float, language: Lang) -> tuple[float, int] | None:
    """A number with its "thousand", "mil", "millones", …; None for "billones", which bilingual press uses both ways."""
    if [t.text for t in tokens[after : after + 2]] in (["-", "hundred"], ["-", "thousand"]):
        after += 1
    words = [t.text for t in tokens[after : after + 2]]
    if words == ["mil", "millones"]:
        return value * 1e9, after + 2
    if words and (words[0] == "billones" or (words[0] == "billion" and language == "es")):
        return None
    if words and words[0] == "mil" and len(words) == 2 and re.fullmatch(r"[1-9]\d\d", words[1]):
        return value * 1e3 + float(words[1]), after + 2  # "2 mil 500"
    factors = {"hundred": 1e2, "thousand": 1e3, "mil": 1e3, "million": 1e6, "millon": 1e6, "millones": 1e6}
    factor = (factors | {"billion": 1e9}).get(words[0]) if words else None
    return (value * factor, after + 1) if factor else (value, after)


def _parse_digits(text: str, language: Lang) -> float:
    """ "1,234" and "1.234" (Spanish), "2,5" and "2.5": a group of exactly three digits is thousands."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text) and (language == "es" or text.count(".") > 1):
        return float(text.replace(".", "").replace(",", "."))
    head, *rest = re.split(r"[.,]", text)
    return float(f"{head}.{''.join(rest)}") if rest else float(head)


# ---------------------------------------------------------------- what a number counts


@dataclass(frozen=True, slots=True)
class _Counted:
    kind: str
    what: str = ""
    factor: float = 1.0
    end: int = 0  # index after the noun
    unit: str = ""


def _quantity(
    text: str, tokens: Sequence[_Token], at: int, after: int, *, value: float, language: Lang
) -> Quantity | None:
    money = at > 0 and tokens[at - 1].text == "$"
    counted = _counted(tokens, at, after)
    if money and (counted is None or counted.kind not in ("dollars", "pesos")):
        counted = _Counted("dollars", end=after, unit="dollars") if language == "en" else None
    if counted is None or _is_year(tokens, at, after):
        return None
    bound, start = _bound(tokens, at - money)
    if bound in ("exact", "about") and any(token.text in _LOOSE for token in tokens[at:after]):
        bound = "loosely"
    return Quantity(
        kind=counted.kind,
        what=counted.what,
        value=round(value * counted.factor, 3),
        bound=bound,
        converted=counted.factor != 1.0 or counted.kind in ("kilos", "metres", "kilometres"),
        text=text[tokens[start].start : tokens[counted.end - 1].end],
        sentence=text,
        unit=counted.unit,
        low=(value - _half_step(value)) * counted.factor,
        high=(value + _half_step(value)) * (_METRIC_TON if counted.unit in _TONS else counted.factor),
    )


def _half_step(value: float) -> float:
    """Half of what a number is rounded to: its last digit that is not zero, but no more than a tenth of the number."""
    if value % 1:
        return 0.5 * 10.0 ** -len(f"{value % 1:.4f}".rstrip("0").split(".")[1])
    step = 1.0
    while value >= 100 * step and value % (10 * step) == 0:
        step *= 10
    return step / 2


def _is_year(tokens: Sequence[_Token], at: int, after: int) -> bool:
    """A bare 1990 to 2039 counts nothing ("in 2024 agents seized …")."""
    return after == at + 1 and re.fullmatch(r"(?:199|20[0-3])\d", tokens[at].text) is not None


def _bound(tokens: Sequence[_Token], at: int) -> tuple[Bound, int]:
    """How exact the number is meant to be, and where its phrase starts."""
    for phrase, bound in _BOUNDS:
        if _preceded_by(tokens, at, [phrase]):
            return bound, at - len(phrase.split())
    return "exact", at


def _preceded_by(tokens: Sequence[_Token], at: int, phrases: Iterable[str]) -> bool:
    found = [phrase.split() for phrase in phrases]
    return any([t.text for t in tokens[max(at - len(words), 0) : at]] == words for words in found)


def _counted(tokens: Sequence[_Token], at: int, after: int) -> _Counted | None:
    """The noun behind a number: at most three words away, with nothing but adjectives, "-" or "of" in between."""
    start = after
    if start < len(tokens) and tokens[start].text == "de" and (start > at + 1 or tokens[at].text in _LOOSE):
        start += 1  # "2 millones de dólares", "una docena de migrantes"
    if start < len(tokens) and tokens[start].text == "-":
        start += 1  # "300-foot"
    for index in range(start, min(start + 4, len(tokens))):
        word = tokens[index].text
        if not word.isalpha() and word != "-":
            return None
        if word in _UNITS:
            return _unit(tokens, index) if index == start else None
        found = _noun(tokens, at, index)
        if found or word in _STOP:
            return found
    return None


def _unit(tokens: Sequence[_Token], index: int) -> _Counted:
    word = tokens[index].text
    kind, factor = _UNITS[word]
    near = [t.text for t in tokens[index + 1 : index + 5]]
    table = {"kilos": _SUBSTANCE, "metres": _DIMENSION}.get(kind, {})
    what = next((table[w] for w in near if w in table), "")
    if kind == "kilometres" and _AWAY.match(" ".join(near)):
        what = "away"
    return _Counted(kind, what, factor, index + 1, _CANONICAL.get(word, word))


def _noun(tokens: Sequence[_Token], at: int, index: int) -> _Counted | None:
    word = tokens[index].text
    if word in _THING:
        return _Counted(_THING[word], end=index + 1)
    member = word in _MEMBER and any(t.text in _CARTEL for t in tokens[at : index + 4])
    if word in _HUMAN or member:
        return _human(_HUMAN.get(word, "prisoners"), tokens, at, index)
    if word in _FATE:
        return _Counted(_FATE[word], end=index + 1)
    return None


def _human(kind: str, tokens: Sequence[_Token], at: int, index: int) -> _Counted:
    """Humans, narrowed by what became of them: the first such word after the noun, else the last one before it."""
    words = [*_clause(tokens[index + 1 : index + 6]), *_clause(reversed(tokens[max(at - 4, 0) : at]))]
    for word in words:
        if word in _FATE:
            return _Counted(_FATE[word], end=index + 1)
        if word in _ACTION:
            return _Counted(kind, _ACTION[word], end=index + 1)
    return _Counted(kind, end=index + 1)


def _clause(tokens: Iterable[_Token]) -> list[str]:
    """Words up to the next punctuation mark or number."""
    words: list[str] = []
    for token in tokens:
        if not token.text.isalpha():
            break
        words.append(token.text)
    return words


# ---------------------------------------------------------------- comparing


def same_thing(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities count the same kind of thing, as far as their sentences tell."""
    return a.kind == b.kind and (a.what == b.what or not a.what or not b.what)


def consistent(a: Quantity, b: Quantity) -> bool:
    """Whether two numbers may be the same: equal, rounded, converted, or within what "more than" leaves open."""
    low, high = sorted((a.value, b.value))
    if high <= low * (1 + _tolerance(a, b)):
        return True
    return any(_covers(x, y) for x, y in ((a, b), (b, a)))


def same_amount(a: Quantity, b: Quantity) -> bool:
    """`consistent`, or given in two units and both rounded from one amount ("6 miles", "10 kilómetros")."""
    return consistent(a, b) or (a.unit != b.unit and a.low < b.high and b.low < a.high)


_OPEN_RANGE = 1.5  # "more than 300" is not said of 460


def _covers(a: Quantity, b: Quantity) -> bool:
    if a.bound == "at_least":
        return a.value * 0.99 <= b.value <= a.value * _OPEN_RANGE
    return a.bound == "at_most" and a.value / _OPEN_RANGE <= b.value <= a.value * 1.01


def _tolerance(a: Quantity, b: Quantity) -> float:
    limit = {a.bound, b.bound} & {"at_least", "at_most"}  # "more than 300" means that it is not 290
    rounded = 0.0 if limit else max(_roundness(q.value) for q in (a, b))
    about = 0.10 if "about" in (a.bound, b.bound) else 0.0
    loosely = 0.35 if "loosely" in (a.bound, b.bound) else 0.0
    return max(rounded, about, loosely, 0.03 if a.converted or b.converted else 0.0, 1e-9)


def _roundness(value: float) -> float:
    """The error a round number may hide: 5% for a hundred and more with at most two digits that are not zero."""
    return 0.05 if value >= 100 and float(f"{value:.1e}") == value else 0.0
