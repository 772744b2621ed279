"""Whether a translation dropped, added or moved a negation. Pure functions of the two texts and of two word lists.

Negations of both texts are counted and paired, nearest first: "not" with "not", then with what may stand for it: a
word of negative sense ("denies", "unable", "carece de") that no such word of the other text explains, when the verb
that is negated goes with it ("no pudieron" and "failed to") or stands right beside it. A negated verb that the other
text states plainly (`predicates.tsv`) stands against such a pairing. What is left over is a negation lost or added.
The double negation of Spanish ("no vino nadie") counts once; idioms ("sin embargo", "no later than") do not count.

Free human prose says much the other way round ("broken" – "no está funcionando"): a word that hints at this (kind
"hint") explains a "not" close by, but only where the other text states none of the words behind the "not"
(`word_pairs.tsv`, names, numbers, words of one stem).

Known gaps: a negation lost beside a hinting word whose own words are not recognised passes; so does one that moved less
than a fifth of the text. A negation that moved to another verb is seen only when both verbs are in the list; opposites
without a word of negation ("cerrado" for "open") pass; so does "no" turned into "poco"; irony and rhetorical questions.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from monitor.language.wordlists import PhraseIndex, read_rows, tokens
from monitor.records import Lang
from monitor.text import fold

_HERE = Path(__file__)
_SURE, _MAYBE, _NONE, _HINT, _STOP = "sure", "maybe", "none", "hint", "stop"
_CLAUSE_ENDS = frozenset('.;:?!",()')
_SCOPE_ENDS = _CLAUSE_ENDS | {"que", "that"}
_SENTENCE_ENDS = frozenset('.;:?!"')
_ECHO_REACH = 12  # words behind a Spanish "no" in which "nadie", "nada", "ni" belong to it
_SCOPE = 6  # words behind a "not" that it may deny
_VERB_REACH = 4  # and in which its verb stands
_ECHOES: dict[Lang, frozenset[str]] = {
    "es": frozenset(("ni siquiera", *"nadie nada ningun ninguna ninguno nunca jamas ni tampoco".split())),
    "en": frozenset("nor neither".split()),
}
_LESS = re.compile(r"(?!regard|never|none|wire)\w{3,}less(?:ly)?")
_PARTICIPLE = re.compile(r"\w{3,}(?:ad|id)[oa]s?")
_COMPARED = frozenset("tan tanto tanta tantos tantas".split())
_PREFIXES = re.compile(r"^(?:un|in|im|ir|il|dis|des|non|mis)(?=\w{3})")
_FREE = frozenset({"sin", "without"})  # what follows is said by words of every kind
_OTHER_STARTS = 12  # pairs tried as the first one
_LEAST_LENGTH = 16  # words; in shorter texts places are not stretched over the whole length
# Distances between two places, in shares of the text's length: how far apart a pair may stand.
_FAR = 0.5
_NEAR = 0.3
_BESIDE = 0.05
_HINTED = 0.15
_MOVED = 0.2  # least way of a negation that went to another verb
_STATED_WORDS = 2  # words of weight behind a "not" that are looked up in the other text
_STATED_REACH = 0.3  # how far from the same place they may stand, in shares of the other text
_STATED_LEAST = 6  # and in words
_STEM = 4  # letters that words of one origin share: "reveló", "revealed"


@dataclass(frozen=True, slots=True)
class Negation:
    """One negating word or phrase: the words `start` to `end` of a text, at `place` (0 to 1) of its length."""

    word: str
    kind: str  # "sure", "maybe", or a class of negation.tsv
    strong: bool  # of a class, and clear enough to be missed when the other text has nothing of the kind
    start: int
    end: int
    place: float


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    strong: bool
    verbs: PhraseIndex  # in the other language: what a "not" may stand before when this class stands for it
    any_verb: bool


@dataclass(frozen=True, slots=True)
class _Lists:
    index: PhraseIndex
    rows: tuple[_Row, ...]


@lru_cache(maxsize=2)
def _lists(language: Lang) -> _Lists:
    index, rows = PhraseIndex(), list[_Row]()
    for lang, kind, cell, verbs in read_rows(_HERE.with_name("negation.tsv"), 4):
        if lang == language:
            index.add(cell, len(rows))
            rows.append(_Row(kind.rstrip("!"), kind.endswith("!"), PhraseIndex.of([verbs]), verbs == "*"))
    return _Lists(index, tuple(rows))


@lru_cache(maxsize=2)
def _predicates(language: Lang) -> PhraseIndex:
    column = 0 if language == "es" else 1
    return PhraseIndex.of(row[column] for row in read_rows(_HERE.with_name("predicates.tsv"), 3))


@lru_cache(maxsize=2)
def _pairs(language: Lang) -> PhraseIndex:
    """Words and verbs of either language by the rows of both lists."""
    column = 0 if language == "es" else 1
    rows = [*read_rows(_HERE.with_name("word_pairs.tsv"), 2), *read_rows(_HERE.with_name("predicates.tsv"), 3)]
    return PhraseIndex.of(row[column] for row in rows)


@lru_cache(maxsize=2)
def _light(language: Lang) -> frozenset[str]:
    """Words that say little of what is negated."""
    rows = read_rows(_HERE.with_name("function_words.tsv"), 2)
    return next(frozenset(fold(words).split()) for lang, words in rows if lang == language)


@lru_cache(maxsize=1)
def _helpers() -> frozenset[int]:
    """Rows of verbs that help another: of little weight when another follows."""
    rows = enumerate(read_rows(_HERE.with_name("predicates.tsv"), 3))
    return frozenset(number for number, row in rows if row[2] == "aux")


@lru_cache(maxsize=512)
def negations(text: str, language: Lang) -> tuple[Negation, ...]:
    """The negating words and phrases of a text in their order, those of a double negation marked "maybe"."""
    words, lists = tokens(text), _lists(language)
    found, at = list[Negation](), 0
    while at < len(words):
        hits = lists.index.at(words, at)
        if hits and lists.rows[hits[0].row].kind != _NONE:
            row, end = lists.rows[hits[0].row], hits[0].end
            found.append(
                Negation(" ".join(words[at:end]), row.kind, row.strong, at, end, at / max(_LEAST_LENGTH, len(words)))
            )
        elif not hits and language == "en" and _LESS.fullmatch(words[at]):
            found.append(Negation(words[at], "without", False, at, at + 1, at / max(_LEAST_LENGTH, len(words))))
        at = hits[0].end if hits else at + 1
    return _echoes_marked(found, words, language)


def _echoes_marked(found: Iterable[Negation], words: Sequence[str], language: Lang) -> tuple[Negation, ...]:
    out, last = list[Negation](), -_ECHO_REACH - 1
    for negation in found:
        echoes = negation.kind == _SURE and _is_echo(negation, words, last, language)
        out.append(_as_maybe(negation) if echoes or _is_only(negation, words, language) else negation)
        last = negation.start if negation.kind == _SURE else last
    return tuple(out)


def _is_echo(negation: Negation, words: Sequence[str], last: int, language: Lang) -> bool:
    """Whether it belongs to the "no" at word `last`: "no vino nadie", "neither … nor"."""
    if negation.word not in _ECHOES[language] or negation.start - last > _ECHO_REACH:
        return False
    return negation.word in ("ni", "nor") or not _SENTENCE_ENDS.intersection(words[last : negation.start])


def _is_only(negation: Negation, words: Sequence[str], language: Lang) -> bool:
    """ "no … más que" is "only", "no … tanto" is "less", "not … until" is "hasta", "no asegurado" is "uninsured"."""
    after = words[negation.end : negation.end + _SCOPE]
    if language == "es" and negation.word == "no" and after and _PARTICIPLE.fullmatch(after[0]):
        return True
    if language == "en":
        return negation.word in ("not", "n't") and not {"until", "till"}.isdisjoint(after)
    return negation.word == "no" and (("mas", "que") in pairwise(after) or not _COMPARED.isdisjoint(after))


def _as_maybe(negation: Negation) -> Negation:
    return Negation(negation.word, _MAYBE, False, negation.start, negation.end, negation.place)


# ---------------------------------------------------------------- the two texts side by side


@dataclass(frozen=True, slots=True)
class _Side:
    language: Lang
    words: tuple[str, ...]
    negations: tuple[Negation, ...]

    def scope(self, negation: Negation) -> tuple[str, ...]:
        """The words behind a negation in its clause."""
        after = self.words[negation.end : negation.end + _SCOPE]
        stop = next((i for i, word in enumerate(after) if word in _SCOPE_ENDS), len(after))
        return after[:stop]

    def verbs(self, negation: Negation) -> frozenset[int]:
        """Rows of predicates.tsv for the first word in scope that is in one; helping verbs only when alone."""
        hits = _predicates(self.language).rows(self.scope(negation)[:_VERB_REACH])
        weighty = [hit for hit in hits if hit.row not in _helpers()]
        first = min((hit.start for hit in weighty or hits), default=0)
        return frozenset(hit.row for hit in weighty or hits if hit.start == first)

    def states(self, at: int, other: "_Side") -> bool:
        """Whether the word at `at` has its like near the same place of the other text."""
        middle = at / len(self.words) * len(other.words)
        reach = max(_STATED_LEAST, _STATED_REACH * len(other.words))
        low, high = max(0, int(middle - reach)), int(middle + reach) + 1
        word, rows = self.words[at], {hit.row for hit in _pairs(self.language).at(self.words, at)}
        if any(_is_alike(word, there) for there in other.words[low:high]):
            return True
        index = _pairs(other.language) if rows else None
        return index is not None and any(
            hit.row in rows for i in range(low, min(high, len(other.words))) for hit in index.at(other.words, i)
        )

    def denies(self, at: int) -> bool:
        """Whether the word at `at` stands in the scope of a negation, or is one."""
        return any(
            n.start <= at < n.end + _SCOPE and not _SCOPE_ENDS.intersection(self.words[n.end : at])
            for n in self.negations
        )


def changed_negations(original: str, translated: str, source: Lang, target: Lang) -> list[str]:
    """Negating words of either text that nothing in the other stands for."""
    here = _Side(source, tokens(original), negations(original, source))
    there = _Side(target, tokens(translated), negations(translated, target))
    if not any(n.kind == _SURE or n.strong for n in (*here.negations, *there.negations)):
        return []
    mine, theirs = _unexplained(here.negations, there.negations)
    paired = _paired(here, there, mine, theirs)
    left = [n for i, n in enumerate(mine) if n.kind == _SURE and i not in {i for i, _ in paired}]
    left += [n for j, n in enumerate(theirs) if n.kind == _SURE and j not in {j for _, j in paired}]
    left += [n for n in mine if n.strong and not _has_near(n, theirs)]
    left += [n for n in theirs if n.strong and not _has_near(n, mine)]
    return [n.word for n in left] or _moved(here, there, [(mine[i], theirs[j]) for i, j in paired])


def _has_near(negation: Negation, others: Iterable[Negation]) -> bool:
    return any(n.kind != _HINT and abs(negation.place - n.place) <= _FAR for n in others)


def _unexplained(mine: Sequence[Negation], theirs: Sequence[Negation]) -> tuple[list[Negation], list[Negation]]:
    """Both lists without the words of negative sense that pair with one of their class, nearest first."""
    pairs = sorted(
        (abs(a.place - b.place), i, j)
        for i, a in enumerate(mine)
        for j, b in enumerate(theirs)
        if a.kind == b.kind and a.kind not in (_SURE, _MAYBE)
    )
    chosen = _nearest((i, j) for _, i, j in pairs)
    left = [n for i, n in enumerate(mine) if i not in {i for i, _ in chosen}]
    return left, [n for j, n in enumerate(theirs) if j not in {j for _, j in chosen}]


def _nearest(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs in the order of preference, those whose members are still free."""
    chosen = list[tuple[int, int]]()
    for i, j in pairs:
        if all(i != a and j != b for a, b in chosen):
            chosen.append((i, j))
    return chosen


def _paired(here: _Side, there: _Side, mine: Sequence[Negation], theirs: Sequence[Negation]) -> list[tuple[int, int]]:
    """The pairs, nearest first; where that leaves a "not" alone, those of a start that leaves fewer alone."""
    costs = sorted(
        (cost, i, j)
        for i, a in enumerate(mine)
        for j, b in enumerate(theirs)
        if (cost := _cost(here, there, a, b)) is not None
    )
    pairs = [(i, j) for _, i, j in costs]
    tried = [_nearest(pairs)] + [_nearest([first, *pairs]) for first in pairs[1:_OTHER_STARTS]]
    return min(tried, key=lambda chosen: _alone(mine, {i for i, _ in chosen}) + _alone(theirs, {j for _, j in chosen}))


def _alone(negations: Sequence[Negation], chosen: Collection[int]) -> int:
    return sum(n.kind == _SURE and i not in chosen for i, n in enumerate(negations))


def _cost(here: _Side, there: _Side, a: Negation, b: Negation) -> float | None:
    """How ill two negations go together; None when neither can stand for the other."""
    distance, kinds = abs(a.place - b.place), {a.kind, b.kind}
    if kinds == {_SURE}:
        return distance
    if kinds <= {_SURE, _MAYBE}:
        return 1 + distance if distance <= _FAR else None
    if _SURE not in kinds:
        return None
    can = _can_stand(b, a, there, here) if a.kind == _SURE else _can_stand(a, b, here, there)
    return (3 if _HINT in kinds else 2) + distance if can else None


def _can_stand(word: Negation, sure: Negation, its: _Side, other: _Side) -> bool:
    """Whether a word of negative sense can stand for the "not" of the other text."""
    distance = abs(word.place - sure.place)
    if distance > _FAR or _is_plain(sure, other, its):
        return False
    if word.kind == _HINT:
        return distance <= _HINTED and not _is_stated(sure, other, its)
    rows = [row for row in _lists(its.language).rows if row.kind == word.kind]
    around = (*other.words[max(0, sure.start - 2) : sure.start], *other.scope(sure))
    if any(row.any_verb for row in rows) or sure.word in _FREE:
        return distance <= _NEAR or _is_opposite(word.word, around)
    return (distance <= _BESIDE and word.kind != _STOP) or any(row.verbs.rows(around) for row in rows)


def _is_opposite(word: str, around: Iterable[str]) -> bool:
    """Whether a word is the opposite of one in scope: "invalid", "no … es válido"."""
    stem = _PREFIXES.sub("", word)
    return stem != word and any(other.startswith(stem[:3]) for other in around)


def _is_plain(sure: Negation, its: _Side, other: _Side) -> bool:
    """Whether the other text has the negated verb, and nowhere denies it."""
    rows = its.verbs(sure)
    places = [hit.start for hit in _predicates(other.language).rows(other.words) if hit.row in rows] if rows else []
    return bool(places) and not any(other.denies(at) for at in places)


def _is_alike(word: str, other: str) -> bool:
    """Whether two words are one name, number or stem: "detener" and "detain" are not, "confirmó" and "confirm" are."""
    return word == other if len(word) < _STEM or len(other) < _STEM else word[:_STEM] == other[:_STEM]


@lru_cache(maxsize=512)
def _is_stated(sure: Negation, its: _Side, other: _Side) -> bool:
    """Whether one of the first words of weight behind a "not" stands in the other text too, or there is none."""
    behind = range(sure.end, min(len(its.words), sure.end + _SCOPE))
    weighty = [i for i in behind if len(its.words[i]) >= _STEM and its.words[i] not in _light(its.language)]
    return any(its.states(i, other) for i in weighty[:_STATED_WORDS])


def _moved(here: _Side, there: _Side, pairs: Iterable[tuple[Negation, Negation]]) -> list[str]:
    """Pairs of "not" whose verbs are both stated plainly in the other text: the negation went to another verb."""
    return [
        f"{a.word} ≠ {b.word}"
        for a, b in pairs
        if a.kind == b.kind == _SURE
        and abs(a.place - b.place) >= _MOVED
        and _is_plain(a, here, there)
        and _is_plain(b, there, here)
        and not _helpers() & (here.verbs(a) | there.verbs(b))
    ]
