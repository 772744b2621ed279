"""The glossary against human translations: it knows their wordings, and it leaves them alone."""

import pytest

from monitor.language.glossary import Glossary, load_glossary
from monitor.language.terms import bring_in, enforce
from monitor.records import other_language
from monitor.resources import bundled
from tests.eval.translation_checks import Case, Split, load_cases

MOST_CHANGED = 0.01  # of the references; measured: 1 of 205 (dev), 1 of 204 (test)
LEAST_KNOWN = {"dev": 0.99, "test": 0.97}  # of the terms; measured: 321 of 321 (dev), 225 of 229 (test)


@pytest.fixture(scope="module")
def shipped() -> Glossary:
    return load_glossary(bundled("glossary.yaml"))


def outcome(case: Case, glossary: Glossary) -> tuple[bool, int, int]:
    """Whether the reference was changed; how many terms the original has, and how many the reference lacks."""
    applied = bring_in(case.text, case.source, other_language(case.source), glossary, "output")
    done = enforce(applied, case.reference, {})
    return done.text != case.reference, len(applied.uses), len(done.unenforced)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_good_translations_are_left_alone_and_their_terms_are_known(split: Split, shipped: Glossary) -> None:
    outcomes = [outcome(case, shipped) for case in load_cases(split)]
    terms = sum(found for _, found, _ in outcomes)
    assert terms > 200
    assert sum(changed for changed, _, _ in outcomes) <= MOST_CHANGED * len(outcomes)
    assert 1 - sum(lacking for _, _, lacking in outcomes) / terms >= LEAST_KNOWN[split]
