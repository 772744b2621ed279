"""An analyst's wordings of terms, as entries of the glossary and as lines for its file."""

from collections.abc import Iterable, Iterator

from monitor.language.glossary import Entry, as_line, worded
from monitor.records import Correction


def term_entries(corrections: Iterable[Correction]) -> Iterator[Entry]:
    """The terms among them; each holds in the direction it was made for."""
    for c in corrections:
        if c.kind == "term":
            yield worded(c.original, c.wording, c.source)


def glossary_lines(corrections: Iterable[Correction]) -> str:
    """The kept terms as lines for `terms` of glossary.yaml; whole sentences as comments, since a glossary has none."""
    kept = tuple(corrections)
    lines = [as_line(entry) for entry in term_entries(kept)]
    lines += [f"  # sentence, {c.source}→{c.target}: {c.original} → {c.wording}" for c in kept if c.kind == "sentence"]
    return "".join(f"{line}\n" for line in lines)
