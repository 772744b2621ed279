"""Alarms for whoever runs the program: when one is due, and how it reads. Pure.

One mail for each cause and day, and one when it is over. What was sent stands in the store as editions of a list of
its own, under the keys that are made and read here; a cause that comes back on the day it ended is told the next day.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from monitor.digest.phrases import Phrases
from monitor.digest.render import SHEET_WIDTH, header_text, plain_text, with_inline_styles
from monitor.digest.templates import Templates, fill
from monitor.records import CAUSES, Cause, Edition, Lang, RenderedDigest, Trouble
from monitor.text import clean

OPERATOR_LIST = "alarm/operator"
_OVER = "over"
_HTML, _TEXT = "alarm.html.j2", "alarm.txt.j2"
_SUBJECT_CHARS = 150
_DETAILS = 20


@dataclass(frozen=True, slots=True)
class Alarm:
    """A mail that is due. `began`: when the first of its row of alarms was sent; None: this is the first."""

    trouble: Trouble
    over: bool
    day: date  # of the alarm; of one that is over, of the last alarm before
    began: datetime | None = None

    @property
    def key(self) -> str:
        return "/".join((OPERATOR_LIST, self.trouble.cause, self.day.isoformat(), *([_OVER] if self.over else [])))


def due_alarms(
    troubles: Iterable[Trouble], sent: Sequence[Edition], *, judged: Collection[Cause], today: date
) -> tuple[Alarm, ...]:
    """What has to be sent now. Of causes that are not `judged`, nothing is known: they neither begin nor end.

    `sent` are the editions of the operators' list, the newest first.
    """
    known = {trouble.cause: trouble for trouble in troubles if trouble.cause in judged}
    found = []
    for cause in CAUSES:
        row = _open_row(cause, sent)
        began = row[-1].created_at if row else None
        if cause in known:
            alarm = Alarm(known[cause], over=False, day=today, began=began)
            if all(edition.edition != alarm.key for edition in sent):
                found.append(alarm)
        elif row and cause in judged:
            found.append(Alarm(Trouble(cause, since=began), over=True, day=row[0].date, began=began))
    return tuple(found)


def _open_row(cause: Cause, sent: Sequence[Edition]) -> list[Edition]:
    """The alarms of a cause since it last ended, the newest first."""
    row = []
    for edition in sorted(sent, key=lambda e: e.created_at, reverse=True):
        _, _, found, _, *over = edition.edition.split("/")
        if found == cause and over:
            break
        if found == cause:
            row.append(edition)
    return row


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all alarms of an installation have in common."""

    title: str  # of the digest
    host: str
    language: Lang


def render_alarm(alarm: Alarm, head: Letterhead, templates: Templates, *, now: datetime) -> RenderedDigest:
    """The mail; `now` in the zone that its times are shown in. RenderError for a template that is wrong."""
    say = templates.phrases[head.language]
    what = told(alarm, say, now=now)
    subject = header_text(f"{say(f'alarm.{_OVER}' if alarm.over else 'alarm')}: {what} ({head.host})", _SUBJECT_CHARS)
    details = tuple(" ".join(clean(line).split()) for line in alarm.trouble.details)
    context = {
        "say": templates.phrases,
        "lang": head.language,
        "subject": subject,
        "title": head.title,
        "host": head.host,
        "trouble": alarm.trouble,
        "over": alarm.over,
        "what": what,
        "lasted": _lasted(alarm, say, now=now),
        "details": details[:_DETAILS],
        "hidden": len(details[_DETAILS:]),
        "now": now,
        "sheet_width": SHEET_WIDTH,
    }
    return RenderedDigest(
        edition=alarm.key,
        profile_id=OPERATOR_LIST,
        date=now.date(),
        language=head.language,
        subject=subject,
        html=with_inline_styles(fill(templates.environment.get_template(_HTML), context)),
        text=plain_text(templates, _TEXT, context),
        data="",
        images=(),
        story_ids=(),
        cutoff_at=now.astimezone(UTC),
    )


def told(alarm: Alarm, say: Phrases, *, now: datetime) -> str:
    """What is wrong, or no longer, in one sentence without its full stop."""
    cause = alarm.trouble.cause
    if alarm.over:
        return say(f"alarm.over.{cause}")
    since = alarm.trouble.since
    time = say.clock(since.astimezone(now.tzinfo), now.date()) if since else ""
    return say(f"alarm.{cause}", time=time, n=alarm.trouble.number)


def _lasted(alarm: Alarm, say: Phrases, *, now: datetime) -> str:
    if not (alarm.over and alarm.began):
        return ""
    began = say.clock(alarm.began.astimezone(now.tzinfo), now.date())
    return say("alarm.lasted", since=began, until=say.clock(now, now.date()))
