"""The interface's words in one language: plural forms, dates and times as that language writes them.

Strings live in `strings.en.yaml` and `strings.es.yaml`; a value is a text with `{placeholders}`, or a mapping of CLDR
plural categories (`one`, `many`, `other`) chosen by the placeholder `n`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_decimal
from markupsafe import Markup

from monitor.records import Lang

Strings = Mapping[str, str | Mapping[str, str]]
LOCALES: Mapping[Lang, str] = {"en": "en_US", "es": "es_MX"}


class PhraseError(LookupError):
    """A string or one of its values is missing; `str()` says which."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Phrases:
    """`phrases("key", n=3, name="…")` is the text; `key in phrases` says whether there is one.

    With markup among the values (what a template's macro made) it is markup, too, and the other values are escaped.
    """

    language: Lang
    strings: Strings
    file: str  # where the strings come from, for messages

    def __call__(self, key: str, /, **values: object) -> str:
        form = self._form(key, values.get("n"))
        if any(isinstance(value, Markup) for value in values.values()):
            form = Markup.escape(form)
        try:
            return form.format(**{name: self._shown(value) for name, value in values.items()})
        except (KeyError, IndexError, ValueError) as exc:
            raise PhraseError(f"{self.file}: '{key}' has a placeholder without a value: {exc}") from exc

    def __contains__(self, key: str) -> bool:
        return key in self.strings

    def day(self, value: date, at: time | None = None) -> str:
        """The date in full: "domingo, 22 de noviembre de 2026"; with a time of day, if there is one, behind it."""
        return self._timed(format_date(value, "full", locale=self.locale), at)

    def day_short(self, value: date, at: time | None = None) -> str:
        """ "Sun Nov 22", "dom 22 nov"; "Sun Nov 22, 6:00 PM", "dom 22 nov, 18:00"."""
        return self._timed(format_date(value, self("format.day_short"), locale=self.locale), at)

    def hour(self, at: time) -> str:
        """ "6:00 PM", "18:00"; its blank does not break."""
        return format_time(at, "short", locale=self.locale).replace("\u202f", "\u00a0")

    def day_month(self, value: date) -> str:
        """ "Nov 22", "22 nov"; its blank does not break."""
        return format_date(value, self("format.day_month"), locale=self.locale).replace(" ", "\u00a0")

    def days(self, values: Iterable[date | datetime]) -> str:
        """ "Nov 22, Nov 23"; of several a day with their times: "Nov 22 (6:30 AM, 6:00 PM)"."""
        by_day: dict[date, list[str]] = {}
        for value in values:
            if isinstance(value, datetime):
                by_day.setdefault(value.date(), []).append(self.hour(value.time()))
            else:
                by_day.setdefault(value, [])
        return ", ".join(
            f"{self.day_month(day)} ({', '.join(times)})" if times else self.day_month(day)
            for day, times in by_day.items()
        )

    def missed(self, values: Sequence[date | datetime]) -> str:
        """That no edition was made on these days, or, of several a day, at these times."""
        timed = any(isinstance(value, datetime) for value in values)
        return self("banner.missed.times" if timed else "banner.missed", n=len(values), days=self.days(values))

    def clock(self, value: datetime, today: date) -> str:
        """The time of day, with the date in front unless it is `today`."""
        time = format_time(value, "short", tzinfo=value.tzinfo, locale=self.locale).replace("\u202f", "\u00a0")
        if value.date() == today:
            return time
        return f"{self.day_month(value)}, {time}".replace(" ", "\u00a0")

    def zone(self, zone: tzinfo | None) -> str:
        """ "Central Time", "hora del Pacífico"."""
        return get_timezone_name(zone, locale=self.locale)

    def number(self, value: float) -> str:
        return format_decimal(value, "#,##0.#", locale=self.locale)

    def faults(self, flags: Iterable[str]) -> str:
        """What the guards found, in words: "numbers may differ, a name may be wrong"; each thing once."""
        said = (self(f"fault.{flag}" if f"fault.{flag}" in self else "fault.other") for flag in flags)
        return ", ".join(dict.fromkeys(said))

    def points(self, value: float) -> str:
        """ "2.0": points of a rank, all with one decimal."""
        return format_decimal(value, "0.0", locale=self.locale)

    def span(self, seconds: float) -> str:
        """A duration in its two largest units, rounded to minutes: "3 h 20 min", "2 d 5 h"."""
        hours, minutes = divmod(max(1, round(seconds / 60)), 60)
        days, hours = divmod(hours, 24)
        counts = {"d": days, "h": hours, "min": 0 if days else minutes}
        return " ".join(f"{count}\u00a0{unit}" for unit, count in counts.items() if count)

    @property
    def locale(self) -> Locale:
        return Locale.parse(LOCALES[self.language])

    def _timed(self, day: str, at: time | None) -> str:
        return day if at is None else f"{day}, {self.hour(at)}"

    def _form(self, key: str, n: object) -> str:
        found = self.strings.get(key)
        if found is None:
            raise PhraseError(f"{self.file}: there is no string '{key}'")
        if isinstance(found, str):
            return found
        if not isinstance(n, int | float):
            raise PhraseError(f"{self.file}: '{key}' has plural forms and needs the value n")
        category = self.locale.plural_form(n)
        return found[category] if category in found else found["other"]

    def _shown(self, value: object) -> Any:
        """Numbers as the language writes them; everything else as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return self.number(value)
