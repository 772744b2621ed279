"""Feeds as outlets on both sides of the border publish them: seeded, so that every run and every reader sees the same.

One feed in four is Atom, the others are RSS 2.0 with `content:encoded`; every other one is Spanish. Headlines are
unique, texts have 50 to 400 words in HTML paragraphs, links carry tracking parameters, and about half of the items are
about something else than the border. The outlets and their news are made up.
"""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WORDS = (50, 400)  # of a text, at least and at most
_TAIL = "?utm_source=rss&utm_medium=feed"
_SENTENCES = {
    "en": (
        "Border Patrol agents found {n} migrants in a trailer near {place}, the sector chief said on {day}.",
        "Officers at the {place} port of entry seized {n} pounds of fentanyl hidden in a truck.",
        "A drone crossed the river {n} times in one night, a sheriff's deputy in {place} told the commission.",
        "The governments of Mexico and the United States agreed on {n} joint patrols close to {place}.",
        "The water board of {place} voted {n} to 2 for a new pipeline after a long public hearing.",
        "Nurses at the county hospital in {place} will get a raise of {n} dollars a month from January.",
        "The high school band of {place} took home {n} medals from the state contest on {day}.",
        "Traffic on the bypass stood still for {n} minutes because of a stalled tractor, drivers said.",
        "Shop owners downtown expect {n} percent more visitors than last winter, their association said.",
        "“We have asked for this for {n} years,” said a farmer whose land touches the fence at {place}.",
    ),
    "es": (
        "Agentes de la Patrulla Fronteriza hallaron {n} migrantes en un tráiler en {place}, informó su jefe el {day}.",
        "En la garita de {place} fueron decomisados {n} kilos de fentanilo ocultos en un camión de carga.",
        "Un dron cruzó el río {n} veces en una noche, dijo un agente ante el cabildo de {place}.",
        "México y Estados Unidos acordaron {n} patrullajes coordinados en los alrededores de {place}.",
        "El consejo del agua de {place} aprobó por {n} votos contra 2 un acueducto nuevo tras una larga audiencia.",
        "Las enfermeras del hospital general de {place} recibirán {n} pesos más al mes a partir de enero.",
        "La banda de la preparatoria de {place} ganó {n} medallas en el concurso estatal del {day}.",
        "El tránsito en el libramiento se detuvo {n} minutos por un tractor descompuesto, contaron los choferes.",
        "Los comerciantes del centro esperan {n} por ciento más visitantes que el invierno pasado.",
        "«Llevamos {n} años pidiéndolo», dijo un agricultor cuya parcela llega hasta la valla en {place}.",
    ),
}  # fmt: skip
_PLACES = {
    "en": ("Laredo", "El Paso", "Nogales", "Yuma", "McAllen", "Calexico", "Eagle Pass", "Douglas", "San Ysidro"),
    "es": ("Nuevo Laredo", "Ciudad Juárez", "Nogales", "San Luis Río Colorado", "Reynosa", "Mexicali", "Tijuana"),
}
_DAYS = {"en": ("Monday", "Tuesday", "Friday", "Sunday"), "es": ("lunes", "martes", "viernes", "domingo")}
_MORE = {"en": "Read more", "es": "Leer más"}


def language_of(number: int) -> str:
    return "es" if number % 2 else "en"


def feed(number: int, items: int) -> bytes:
    """The feed of outlet `number`, with as many items."""
    dice = random.Random(number)
    atom = number % 4 == 3
    entries = "".join((_atom_entry if atom else _rss_item)(number, k, dice) for k in range(items))
    name = f"Gaceta {number}" if number % 2 else f"Courier {number}"
    if atom:
        head = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title><id>urn:outlet:{number}</id>'
        text = f"{head}<updated>{NOW.isoformat()}</updated>{entries}</feed>"
    else:
        spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        link = f"<link>https://outlet{number}.example/</link><description>{name}</description>"
        text = f'<rss version="2.0" {spaces}><channel><title>{name}</title>{link}{entries}</channel></rss>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _rss_item(outlet: int, number: int, dice: random.Random) -> str:
    title, link, summary, body = _story(outlet, number, dice)
    date = format_datetime(_date(number))
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><dc:creator>Staff</dc:creator>"
        f'<guid isPermaLink="false">{outlet}-{number}</guid><pubDate>{date}</pubDate><category>Local</category>'
        f"<description>{escape(summary)}</description><content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )


def _atom_entry(outlet: int, number: int, dice: random.Random) -> str:
    title, link, summary, body = _story(outlet, number, dice)
    date = _date(number).isoformat()
    return (
        f'<entry><title>{escape(title)}</title><link rel="alternate" href="{escape(link)}"/><updated>{date}</updated>'
        f'<id>urn:entry:{outlet}-{number}</id><published>{date}</published><category term="Local"/>'
        f'<summary type="html">{escape(summary)}</summary><content type="html">{escape(body)}</content></entry>'
    )


def _date(number: int) -> datetime:
    return NOW - timedelta(minutes=17 * number + 5)


def _story(outlet: int, number: int, dice: random.Random) -> tuple[str, str, str, str]:
    """Headline, link, summary and text, the last two as HTML."""
    language = language_of(outlet)
    wanted = dice.randint(*WORDS)
    written: list[str] = []
    while sum(len(sentence.split()) for sentence in written) < wanted:
        written.append(_sentence(language, dice))
    paragraphs = [" ".join(written[k : k + 3]) for k in range(0, len(written), 3)]
    link = f"https://outlet{outlet}.example/2026/11/{number}"
    more = f'<p><a href="{link}">{_MORE[language]}</a></p>'
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = f"{_sentence(language, dice).rstrip('.')} ({outlet}-{number})"
    return title, link + _TAIL, f"<p>{written[0]}</p>{more}", f'<img src="{link}.jpg" alt=""/>{body}{more}'


def _sentence(language: str, dice: random.Random) -> str:
    place, day = dice.choice(_PLACES[language]), dice.choice(_DAYS[language])
    return dice.choice(_SENTENCES[language]).format(n=dice.randint(3, 980), place=place, day=day)
