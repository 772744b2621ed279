"""Faults planted in faithful translations: what an engine does when it fails, one fault at a time.

Every fault is a function of a `Case` and a seeded dice; it gives the damaged translation, or "" where it does not
apply. The faults of figures, of negation and of names stand in modules of their own; `plant` knows all of them.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from monitor.records import Lang
from monitor.text import fold

Group = Literal["hard", "numbers", "negation", "names", "beyond"]


@dataclass(frozen=True, slots=True)
class Case:
    """A text and its faithful translation. `portuguese` is the text in Portuguese, where it is known."""

    text: str
    output: str
    target: Lang
    portuguese: str = ""


Fault = Callable[[Case, random.Random], str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A damaged translation, and what was done to it."""

    case: Case
    fault: str
    group: Group
    output: str


def plant(cases: Sequence[Case], faults: Mapping[Group, Mapping[str, Fault]], seed: int = 5) -> Iterator[Planted]:
    """Every fault in every case it applies to. A case's faults do not depend on the other cases, but for the fault
    `wrong_sentence`, which takes the next case's translation.
    """
    for number, case in enumerate(cases):
        for group, named in faults.items():
            for name, fault in named.items():
                damaged = fault(case, _dice(case, name, seed))
                if damaged != case.output and (damaged or name == "empty"):
                    yield Planted(case, name, group, damaged)
        other = _other(cases, number)
        if other:
            yield Planted(case, "wrong_sentence", "names", other.output)


def _dice(case: Case, fault: str, seed: int) -> random.Random:
    return random.Random(crc32(f"{seed}|{fault}|{case.target}|{case.text}".encode()))


def _other(cases: Sequence[Case], number: int) -> Case | None:
    """The next case of the same direction about something else: hardly a word in common."""
    case = cases[number]
    words = set(fold(case.output).split())
    for step in range(7, len(cases)):
        other = cases[(number + step) % len(cases)]
        common = words & {word for word in fold(other.output).split() if len(word) > 4}
        if other.target == case.target and other.text != case.text and not common:
            return other
    return None


# ---------------------------------------------------------------- hard faults

_LONG_WORD = re.compile(r"[^\W\d_]{6,}")


def empty(case: Case, dice: random.Random) -> str:
    return ""


def dots(case: Case, dice: random.Random) -> str:
    """Punctuation only."""
    return dice.choice(("...", ".", "—", '""', "- - - -", ". . . . . . . ."))


def loop_word(case: Case, dice: random.Random) -> str:
    """The engine hangs on a word to the end."""
    words = case.output.split()
    at = dice.randrange(len(words))
    return " ".join([*words[: at + 1], *[words[at].strip(".,;:")] * dice.randint(5, 30)])


def loop_phrase(case: Case, dice: random.Random) -> str:
    """The engine hangs on a phrase of two to six words."""
    words = case.output.rstrip(".").split()
    if len(words) < 2:
        return ""
    size = dice.randint(2, min(6, len(words)))
    at = dice.randrange(len(words) - size + 1)
    return " ".join([*words[: at + size], *words[at : at + size] * dice.randint(4, 12)])


def loop_comma(case: Case, dice: random.Random) -> str:
    """A word said again and again between commas."""
    words = [word.strip(".,;:\"'«»") for word in case.output.split()]
    word = dice.choice([w for w in words if len(w) > 3] or words)
    return case.output.rstrip(".") + f", {word}" * dice.randint(6, 20)


def loop_syllables(case: Case, dice: random.Random) -> str:
    """ "mainstremainstremainstre": a piece of a word without end."""
    found = list(_LONG_WORD.finditer(case.output))
    if not found:
        return ""
    match = dice.choice(found)
    piece = match.group()[: dice.randint(2, 6)] * dice.randint(6, 30)
    return case.output[: match.start()] + piece + (case.output[match.end() :] if dice.random() < 0.5 else "")


def loop_character(case: Case, dice: random.Random) -> str:
    words = case.output.split()
    at = dice.randrange(len(words))
    words[at] += dice.choice("aeos.-") * dice.randint(8, 60)
    return " ".join(words)


def loop_sentence(case: Case, dice: random.Random) -> str:
    return " ".join([case.output] * dice.randint(3, 6))


def doubled(case: Case, dice: random.Random) -> str:
    """The whole translation said twice."""
    return f"{case.output} {case.output}"


def doubled_reworded(case: Case, dice: random.Random) -> str:
    """Twice as long, without a plain repeat: every second half is turned around."""
    words = case.output.rstrip(".").split()
    half = len(words) // 2
    return " ".join([*words, *words[half:], *words[:half]]) if len(words) >= 6 else ""


def pieces_at(case: Case, dice: random.Random) -> str:
    """Joint marks of the subword code: "deten@@ idos"."""
    return _broken_words(case.output, dice, lambda a, b: f"{a}@@ {b}")


def pieces_block(case: Case, dice: random.Random) -> str:
    """A tokenizer's signs for blanks before every word: "▁The ▁mayor", "ĠThe Ġmayor"."""
    sign = dice.choice(("▁", "▁", "Ġ"))
    return dice.choice(("", " ", " ")).join(f"{sign}{word}" for word in case.output.split())


def pieces_end(case: Case, dice: random.Random) -> str:
    """The sign for the end of a word after every second one: "mayor</w>"."""
    return " ".join(word + "</w>" * (at % 2) for at, word in enumerate(case.output.split()))


def pieces_hash(case: Case, dice: random.Random) -> str:
    return _broken_words(case.output, dice, lambda a, b: f"{a} ##{b}")


def unknown_mark(case: Case, dice: random.Random) -> str:
    words = case.output.split()
    for at in dice.sample(range(len(words)), k=min(dice.randint(1, 3), len(words))):
        words[at] = dice.choice(("<unk>", "⁇", "\ufffd", "<UNK>", "[UNK]"))
    return " ".join(words)


def mojibake(case: Case, dice: random.Random) -> str:
    """UTF-8 read as Latin-1: "detenciÃ³n"."""
    return case.output.encode().decode("cp1252", "replace") if re.search("[áéíóúñ¿¡]", case.output) else ""


def control_tokens(case: Case, dice: random.Random) -> str:
    """Tokens the network was trained with and a reader must never see."""
    token = dice.choice(("</s>", "<s>", "<pad>", "__en__", "<2es>", ">>spa<<", "<|endoftext|>", "[SEP]"))
    return f"{token} {case.output}" if dice.random() < 0.5 else f"{case.output} {token}"


def _broken_words(output: str, dice: random.Random, joined: Callable[[str, str], str]) -> str:
    found = list(_LONG_WORD.finditer(output))
    if not found:
        return ""
    for match in sorted(dice.sample(found, k=min(3, len(found))), key=lambda m: -m.start()):
        word, cut = match.group(), dice.randint(2, len(match.group()) - 2)
        output = output[: match.start()] + joined(word[:cut], word[cut:]) + output[match.end() :]
    return output


def cut(case: Case, dice: random.Random) -> str:
    """Only the first 40 % is there."""
    words = case.output.split()
    return " ".join(words[: round(0.4 * len(words))]) if len(words) >= 8 else ""


def cut_characters(case: Case, dice: random.Random) -> str:
    """Cut within a word, after 35 to 40 % of the letters."""
    return case.output[: round(dice.uniform(0.35, 0.4) * len(case.output))].strip() if len(case.output) >= 40 else ""


def untranslated(case: Case, dice: random.Random) -> str:
    same = fold(case.text) == fold(case.output) or len(case.text.split()) < 4
    return "" if same else case.text


def half_translated(case: Case, dice: random.Random) -> str:
    """One half was translated, the other half stands in the source language; either may come first."""
    words, before = case.output.split(), case.text.split()
    if min(len(words), len(before)) < 8:
        return ""
    half, other = len(words) // 2, len(before) // 2
    if dice.random() < 0.5:
        return " ".join([*words[:half], *before[other:]])
    return " ".join([*before[:other], *words[half:]])


def portuguese(case: Case, dice: random.Random) -> str:
    """The text in Portuguese, over which the offline engine goes, instead of English or Spanish."""
    return case.portuguese if len(case.portuguese.split()) >= 5 else ""


_ELSEWHERE = (
    "Les autorités ont arrêté plusieurs personnes près de la frontière dans la nuit de mardi à mercredi.",
    "La polizia ha trovato un camion abbandonato vicino al ponte e non ci sono stati feriti.",
    "Die Behörden haben am Donnerstag den Grenzübergang wegen eines verdächtigen Fahrzeugs geschlossen.",
    "Le gouverneur a demandé plus de soldats pour surveiller le fleuve, selon un porte-parole.",
    "Il governo non ha confermato la notizia e gli agenti continuano le ricerche nel deserto.",
    "Der Richter hat den Antrag abgelehnt, und die Familie wartet weiter auf eine Antwort.",
    "Politie en leger hebben in de haven een grote lading drugs gevonden, zei een woordvoerder.",
    "Les familles attendent des nouvelles de leurs proches disparus depuis trois semaines.",
)


def elsewhere(case: Case, dice: random.Random) -> str:
    """Another language altogether: French, Italian, German, Dutch."""
    return dice.choice(_ELSEWHERE) if 9 <= len(case.text.split()) <= 24 else ""


HARD_FAULTS: Mapping[str, Fault] = {
    "empty": empty,
    "punctuation": dots,
    "loop_word": loop_word,
    "loop_phrase": loop_phrase,
    "loop_comma": loop_comma,
    "loop_syllables": loop_syllables,
    "loop_character": loop_character,
    "loop_sentence": loop_sentence,
    "doubled": doubled,
    "doubled_reworded": doubled_reworded,
    "debris_at": pieces_at,
    "debris_block": pieces_block,
    "debris_hash": pieces_hash,
    "debris_end": pieces_end,
    "debris_unknown": unknown_mark,
    "debris_encoding": mojibake,
    "debris_control": control_tokens,
    "cut": cut,
    "cut_characters": cut_characters,
    "untranslated": untranslated,
    "half_translated": half_translated,
    "portuguese": portuguese,
    "other_language": elsewhere,
}
