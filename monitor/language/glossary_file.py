"""glossary.yaml as its author writes it; `glossary.py` turns it into entries.

`python -m monitor.language.glossary_file > glossary.schema.json` writes the JSON Schema that editors use; a test
compares the committed file with this.
"""

import json
import sys
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from monitor.config.base import Section
from monitor.records import Lang

Kind = Literal[
    "agency", "programme", "organisation", "cartel", "office", "crossing", "city", "state", "country", "place",
    "person", "term", "phrase",
]  # fmt: skip
Direction = Literal["both", "en", "es"]
Gender = Literal["", "f", "m"]


def _check_form(form: str) -> str:
    if not any(c.isalnum() for c in form) or form != " ".join(form.split()):
        raise ValueError(f"'{form}' is no term; write words with single blanks between them")
    return form


Form = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_check_form)]


def _check_word(word: str) -> str:
    if not word.strip("* ") or "*" in word[:-1]:
        raise ValueError(f"'{word}' is no context word; write a word or a phrase, with * only at its end")
    return word


Word = Annotated[str, AfterValidator(_check_word), Field(max_length=60, json_schema_extra={"pattern": r"^[^*]+\*?$"})]


class FormsSection(Section):
    """Forms of a term, by language."""

    en: tuple[Form, ...] = ()
    """English forms."""
    es: tuple[Form, ...] = ()
    """Spanish forms."""


class ContextSection(Section):
    """Words that tell what a text is about; `word*` stands for all that begin so. Case and accents do not matter."""

    en: tuple[Word, ...] = ()
    """Looked for in English texts."""
    es: tuple[Word, ...] = ()
    """Looked for in Spanish texts."""


class TermSection(Section):
    """One thing, and how either language calls it."""

    en: Form | None = None
    """What English calls it."""
    es: Form | None = None
    """What Spanish calls it."""
    keep: Form | None = None
    """A name that is the same in both languages; in place of `en` and `es`."""
    kind: Kind
    """What it is."""
    direction: Direction = "both"
    """`en`: only when translating from English; `es`: only when translating from Spanish."""
    aliases: FormsSection = FormsSection()
    """Other forms: found in texts like the first one, and good as a translation."""
    accept: FormsSection = FormsSection()
    """Other translations that are good enough to be left alone; not looked for in originals."""
    avoid: FormsSection = FormsSection()
    """Wrong translations that engines are known to make; replaced."""
    when: tuple[str, ...] = ()
    """Names of `contexts`: the term has this sense only where a word of one of them stands in the text."""
    unless: tuple[str, ...] = ()
    """Names of `contexts`: the term does not have this sense where a word of one of them stands in the text."""
    word: tuple[Lang, ...] = ()
    """Languages in which the name is also an ordinary word: at the start of a sentence it is then in doubt."""
    gender: Gender = ""
    """Grammatical gender of the Spanish form, where its ending does not tell: f or m."""
    note: str = ""
    """For the people who edit the file."""

    @model_validator(mode="after")
    def _named(self) -> "TermSection":
        if self.keep is not None and (self.en is not None or self.es is not None):
            raise ValueError("has 'keep' beside 'en' or 'es'; write 'keep' alone, or both 'en' and 'es'")
        if self.keep is None and (self.en is None or self.es is None):
            raise ValueError("lacks a language; write both 'en' and 'es', or 'keep' for a name that stays as it is")
        return self


class GlossaryFile(Section):
    """glossary.yaml."""

    version: Literal[1]
    """Version of this format."""
    contexts: dict[str, ContextSection] = Field(default={})
    """Named lists of words that tell senses apart; terms refer to them by `when` and `unless`."""
    terms: tuple[TermSection, ...] = ()
    """Terms with their translations."""
    keep: dict[Kind, tuple[Form, ...]] = Field(default={})
    """Names that are the same in both languages and need nothing else, by kind."""

    @field_validator("contexts", "terms", "keep", mode="before")
    @classmethod
    def _emptied(cls, value: object, info: ValidationInfo) -> object:
        """A section whose lines are all taken out is an empty one."""
        return ({} if info.field_name != "terms" else ()) if value is None else value


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of glossary.yaml."""
    schema = GlossaryFile.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "glossary.yaml of border-monitor",
    }


def schema_text() -> str:
    """The schema as it is committed."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
