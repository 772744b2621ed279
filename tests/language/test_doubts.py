"""What makes a fluent-looking translation doubtful, rule by rule."""

import pytest

from monitor.language.doubts import foreign_words
from monitor.records import Lang


@pytest.mark.parametrize(
    ("original", "translated", "target", "found"),
    [
        (
            "Sonora y Arizona acuerdan patrullajes en Naco",
            "Sonora and Arizona agree on patrullajes in Naco",
            "en",
            ["patrullajes"],
        ),
        (
            "Truckers' strike snarls Columbus crossing",
            "Huelga de camioneros snarls el cruce de Columbus",
            "es",
            ["snarls"],
        ),
        ("El sheriff pidió más control local", "The sheriff asked for more local control", "en", []),
        ("Drones fly over the canal", "Drones vuelan sobre el canal", "es", []),
    ],
)
def test_a_word_that_was_only_copied_is_doubted_unless_both_languages_have_it(
    original: str, translated: str, target: Lang, found: list[str]
) -> None:
    assert [word for word in foreign_words(original, translated, target) if word in original] == found
