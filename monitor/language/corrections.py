"""An analyst's wordings of terms, as entries of the glossary."""

from collections.abc import Iterable, Iterator

from monitor.language.glossary import Entry
from monitor.records import Correction


def term_entries(corrections: Iterable[Correction]) -> Iterator[Entry]:
    """The terms among them; each holds in the direction it was made for."""
    for c in corrections:
        if c.kind == "term":
            english, spanish = (c.original, c.wording) if c.source == "en" else (c.wording, c.original)
            yield Entry(english, spanish, c.source)
