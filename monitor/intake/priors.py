"""Points an item has for the feed it comes from: what is declared of the feed, and what it has brought. Pure functions.

Declared in feeds.yaml: that the newsroom is on the border, that the feed is about it, or a number of the editor's own.
Brought: the share of its reports of late that were about the border, smoothed,

    share = (at the border + EXPECTED × WEIGHT) / (reports + WEIGHT)        the mean of a Beta distribution
    points = bonus × (share − EXPECTED) / (1 − EXPECTED), or − malus × (EXPECTED − share) / EXPECTED

so that a feed of which little is known weighs nothing, and the bounds of lexicon.yaml are never passed. Both say much
the same, so of what was declared and a bonus the larger counts, not the sum. What an item
was decided to be is not looked at, only whether it had a topic and a link to the border of its own (`FeedPast`): the
points cannot change that, so a feed neither earns nor loses points by those it has.

Known gaps: a feed that changes its subject is weighed by the old one for a month; a link by a name that may be near
the border ("Juárez"), or by a border newsroom's Mexico, does not count for the share.
"""

from monitor.intake.lexicon import Scoring
from monitor.records import FeedPast, Source, TermHit
from monitor.text import counted

EXPECTED = (
    0.2  # the share at which a feed's past says nothing: a guess, more than a national paper's, less than a desk's
)
WEIGHT = 40  # reports: so many of a feed's own are believed as much as what is expected of any feed
CATEGORY = "feed"


def feed_terms(source: Source, scoring: Scoring) -> tuple[TermHit, ...]:
    """The points of a feed and what they are for; none that are nothing."""
    points = {
        "border_local": (scoring.border_local_prior * source.border_local, "a border newsroom"),
        "on_topic": (scoring.on_topic_prior * (source.scope == "on_topic"), "a feed about the border"),
    }
    if source.prior is not None:
        points["prior"] = (source.prior, "set in feeds.yaml")
    elif source.past is not None:
        declared = sum(weight for weight, _ in points.values())
        told = f"{source.past.at_the_border} of {counted(source.past.reports, 'report')} of late were about the border"
        points["past"] = (_beyond(declared, past_points(source.past, scoring)), told)
    return tuple(TermHit(name, CATEGORY, "feed", weight, why) for name, (weight, why) in points.items() if weight)


def _beyond(declared: float, brought: float) -> float:
    """What the past adds to what was declared."""
    return round(max(brought - declared, 0.0), 2) if brought > 0 else brought


def past_points(past: FeedPast, scoring: Scoring) -> float:
    """From − malus to bonus, in hundredths."""
    share = (past.at_the_border + EXPECTED * WEIGHT) / (past.reports + WEIGHT)
    if share >= EXPECTED:
        return round(scoring.past_bonus * (share - EXPECTED) / (1 - EXPECTED), 2)
    return -round(scoring.past_malus * (EXPECTED - share) / EXPECTED, 2)
