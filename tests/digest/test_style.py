"""The mail keeps its looks in every program: styles in the elements, dark mode, contrast, Outlook."""

import re
from collections.abc import Callable

import pytest

from monitor.digest import Digest, Templates, render
from monitor.records import EditionMaterial
from monitor.resources import bundled

Edition = Callable[..., Digest]


@pytest.mark.parametrize(("language", "width"), [("en", 640), ("es", 640), ("both", 760)])
def test_outlook_for_windows_gets_a_sheet_of_the_same_width(
    material: EditionMaterial, edition: Edition, templates: Templates, language: str, width: int
) -> None:
    html = render(edition(material, language), templates).html
    opened, closed = re.findall(r"<!--\[if mso\]>(<table.*?|</td>.*?)<!\[endif\]-->", html)
    assert re.sub(r"(<\w+)[^>]*>", r"\1>", opened) == "<table><tr><td>"
    assert f'width="{width}"' in opened
    assert closed == "</td></tr></table>"
    assert f"max-width:{width}px" in html


def test_styles_are_inlined_and_dark_mode_survives(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    html = render(edition(material, "en"), templates).html
    assert "prefers-color-scheme" in html
    assert re.search(r'<h3[^>]*style="[^"]*font:', html)


def test_text_keeps_a_contrast_of_4_5_in_light_and_in_dark(templates: Templates) -> None:
    style = (bundled("templates") / "style.html.j2").read_text("utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    shown = {"light": _colours(light), "dark": _colours(light) | _colours(dark)}
    assert len(shown["dark"]) > 30
    for mode, colours in shown.items():
        sheet = colours[".sheet", "background"]
        for (selector, kind), colour in colours.items():
            if kind == "color":
                on = colours.get((selector, "background"), sheet)
                assert _contrast(colour, on) >= 4.5, (mode, selector, colour, on)
        assert _contrast(colours[".mt", "color"], colours[".gap", "background"]) >= 4.5, mode
        assert (
            _contrast(colours.get((".gap", "color"), colours[".sheet", "color"]), colours[".gap", "background"]) >= 4.5
        )


def _colours(style: str) -> dict[tuple[str, str], str]:
    """By selector and property ("color", "background"), of plain rules."""
    found: dict[tuple[str, str], str] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"\{[{#%].*?[}#%]\}", "", style)):
        for kind, colour in re.findall(r"(?<![-\w])(color|background): (#[0-9a-f]{6})", body):
            found |= {(selector.strip(), kind): colour for selector in selectors.split(",")}
    return found


def _contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio of two #rrggbb colours."""
    low, high = sorted(_luminance(colour) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
