"""An edition as Markdown (CommonMark), for wikis, notes and repositories."""

import re

from monitor.digest.templates import Templates, fill
from monitor.export.stored import StoredEdition

_TEMPLATE = "edition.md.j2"
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")
_AT_START = re.compile(r"^(\d+)([.)])|^([-+=])", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def markdown(edition: StoredEdition, templates: Templates, mail: Templates) -> str:
    """Every story of the edition in its reader's language, or in both. RenderError when a template is wrong."""
    text = fill(
        templates.environment.get_template(_TEMPLATE),
        {
            "edition": edition,
            "say": templates.phrases,
            "mail": mail.phrases,
            "md": escaped,
            "target": target,
        },
    )
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip() + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: nothing in it is markup, HTML or the start of a list."""
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _AT_START.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", text)


def target(url: str) -> str:
    """An address as the target of a link, `<…>`: blanks and brackets in it cannot end it."""
    return f"<{url.replace('<', '%3C').replace('>', '%3E').replace(' ', '%20').replace(chr(92), '%5C')}>"
