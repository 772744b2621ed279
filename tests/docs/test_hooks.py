"""What docs/hooks.py makes of a page before it is built."""

from types import SimpleNamespace

import pytest

from docs import hooks


def _built(markdown: str, page: str = "alerts.md") -> str:
    files = SimpleNamespace(documentation_pages=lambda: [SimpleNamespace(src_uri=uri) for uri in ("mail.md", page)])
    shown = SimpleNamespace(file=SimpleNamespace(src_uri=page))
    return hooks.on_page_markdown(markdown, page=shown, config=None, files=files)


def test_a_page_named_by_its_file_becomes_a_link_from_any_folder() -> None:
    assert _built("signed (docs/mail.md) twice") == "signed ([mail](mail.md)) twice"
    assert _built("docs/mail.md", "decisions/0001-x.md") == "[mail](../mail.md)"


@pytest.mark.parametrize(
    "markdown",
    ["`docs/mail.md`", "[docs/mail.md](mail.md)", "docs/gone.md", "    cat docs/mail.md", "```\ncat docs/mail.md\n```"],
)
def test_code_links_and_names_of_no_page_stay(markdown: str) -> None:
    assert _built(markdown) == markdown


def test_a_link_to_a_file_of_the_sources_tells_its_path() -> None:
    assert _built("[how](../tests/conftest.py)") == "how (`tests/conftest.py`)"


def test_a_list_that_follows_a_paragraph_at_once_is_a_list() -> None:
    assert _built("Two:\n- one\n- two") == "Two:\n\n- one\n- two"
    assert _built("```\nTwo:\n- one\n```") == "```\nTwo:\n- one\n```"
