"""What an edition knows of its readers when its stories are ranked."""

from dataclasses import replace

import pytest

from monitor.pipeline.publish import reader_of
from monitor.records import DigestLang, Profile, Translation

FINE = Translation("es", "en", "Hallan túnel", "Tunnel found", "argos")
WITHHELD = Translation("es", "en", "Caen dos", "", "argos", status="original", flags=("negation",))
DOUBTFUL = Translation("es", "en", "Cierran garita", "They close port", "argos", status="check")
OTHER_WAY = Translation("en", "es", "Bridge closed", "", "argos", status="original")


@pytest.mark.parametrize(
    ("language", "withheld"),
    [("en", {"Caen dos"}), ("es", {"Bridge closed"}), ("both", {"Caen dos", "Bridge closed"})],
)
def test_a_text_is_withheld_from_the_readers_it_had_to_be_translated_for(
    language: DigestLang, withheld: set[str]
) -> None:
    translations = {t.key: t for t in (FINE, WITHHELD, DOUBTFUL, OTHER_WAY)}
    assert reader_of(Profile("p", language), translations).withheld == withheld


def test_a_corrected_translation_is_readable() -> None:
    corrected = replace(WITHHELD, status="ok", text="Two arrested")
    assert reader_of(Profile("p"), {corrected.key: corrected}).withheld == frozenset()
