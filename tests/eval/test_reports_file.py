"""Labelled reports are read from anyone's file, and what is wrong with one is told with its line and field."""

import json
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from tests.eval.reports_file import ANY_DAY, language_code, read_reports

ROWS = [
    {"id": "a", "lang": "deu", "title": "Sturm vor Rügen", "text": "Die Küste ist gesperrt.", "cluster": 4},
    {"id": "b", "lang": "en-GB", "title": "Storm off Rügen", "text": "The coast is closed.", "cluster": 4},
    {"id": "c", "lang": "Spanish", "title": "Tormenta frente a Rügen", "text": "La costa está cerrada.", "cluster": 0},
]


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_file_gives_the_same_reports(tmp_path: Path) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    table = [";".join(ROWS[0]), *(";".join(map(str, row.values())) for row in ROWS)]
    files = [
        written(tmp_path, "a.json", json.dumps(ROWS)),
        written(tmp_path, "b.json", json.dumps({"count": 3, "items": ROWS})),
        written(tmp_path, "c.jsonl", "\n".join(lines)),
        written(tmp_path, "d.yaml", "".join(f"- {line}\n" for line in lines)),
        written(tmp_path, "e.tsv", "\n".join(table).replace(";", "\t")),
        written(tmp_path, "f.csv", "\n".join(table).replace(";", ",")),
    ]
    first, *others = map(read_reports, files)
    assert all(found == first for found in others)
    assert [item.judged.language for item in first] == ["de", "en", "es"]
    assert [item.event for item in first] == ["4", "4", "0"]
    assert first[0].judged.article.summary == first[0].judged.article.body == "Die Küste ist gesperrt."
    assert len({item.judged.article.source_id for item in first}) == 3


def test_reports_without_a_date_are_of_the_day_of_the_row_before(tmp_path: Path) -> None:
    dates = [None, "2015-03-01T23:30:00-02:00", "", 1_425_300_000, "Mon, 02 Mar 2015 14:00:00 +0000"]
    rows = [{"lang": "pt", "title": f"Notícia {k}", "event": k, "date": date} for k, date in enumerate(dates)]
    items = read_reports(written(tmp_path, "dated.json", json.dumps(rows)))
    found = [item.judged.article.published_at.isoformat()[:16] for item in items]
    assert found == ["2015-03-02T01:30"] * 3 + ["2015-03-02T12:40", "2015-03-02T14:00"]
    undated = read_reports(written(tmp_path, "undated.json", json.dumps(ROWS)))
    assert {item.judged.article.published_at for item in undated} == {ANY_DAY}


def test_a_file_of_events_is_read_like_our_own(tmp_path: Path) -> None:
    text = """
- id: fire
  part: dev
  start: "2026-02-03"
  items:
    - {id: x, lang: fr, outlet: matin, at: "+1d 08:00", title: Incendie au port, lead: Deux hangars ont brûlé.}
"""
    (item,) = read_reports(written(tmp_path, "events.yaml", text))
    assert (item.event, item.part, item.judged.language) == ("fire", "dev", "fr")


def test_no_is_norwegian_in_yaml(tmp_path: Path) -> None:
    (item,) = read_reports(written(tmp_path, "no.yaml", "- {lang: no, title: Storm utenfor Bodø, event: yes}\n"))
    assert (item.judged.language, item.event) == ("no", "yes")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.jsonl", '{"lang": "en", "title": "T", "event": 1}\n\n{"lang": "en", "title": "U"}', "line 3, event"),
        ("b.json", '[\n{"lang": "en", "title": "T", "event": 1},\n{"title": "U", "event": 1}]', "line 3, language"),
        ("c.csv", 'lang,title,event\nen,"two\nlines",1\nxx-bad,T,1\n', "line 4, language: 'xx-bad' is no language"),
        ("d.yaml", "- {lang: en, title: T, event: 1}\n- {lang: en, event: 1}\n", "line 2, title"),
        ("e.jsonl", '{"lang": "en", "title": "T", "event": 1, "date": "soon"}', "line 1, published: 'soon' is no date"),
        (
            "f.jsonl",
            '{"id": 1, "lang": "en", "title": "T", "event": 1}\n' * 2,
            "line 2, id: '1' is also the id of line",
        ),
        ("g.jsonl", '{"lang": "en", "title": "T", "event": 1}\n{"lang": \n', "line 2: Expecting value"),
        ("h.json", '[{"lang": "en", "title": "T", "event": 1}, 5]', "line 1: a report is an object"),
        ("i.json", '{"lang": "en"}', "neither a list nor an object with one list"),
        ("j.txt", "T", "'.txt' is not read here"),
        ("k.json", "[]", "holds no reports"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_field(tmp_path: Path, name: str, text: str, expected: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(ConfigError) as caught:
        read_reports(path)
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("deu", "de"),
        ("zh-Hant", "zh"),
        ("pt_BR", "pt"),
        ("Slovenian", "sl"),
        ("klingon?", ""),
    ],
)
def test_languages_are_read_as_codes_and_names(said: str, code: str) -> None:
    assert language_code(said) == code
