"""deploy/ agrees with the program: its commands and options, its variables and files, its version."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import yaml
from pydantic import BaseModel

from monitor import __version__
from monitor.cli import cli
from monitor.config import Config
from monitor.config.load import ENVIRONMENT_NAME

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = tuple(sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix not in (".json", ".md")))
PAGES = (ROOT / "docs/deploy.md", ROOT / "docs/security.md")
IMAGE = "border-monitor"

# ---------------------------------------------------------------- commands


def in_yaml(node: Any) -> Iterator[list[str]]:
    """Every list under `command` or `args` of a compose file or a manifest."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict):
        yield from (node[key] for key in ("command", "args") if isinstance(node.get(key), list))
    for child in children:
        yield from in_yaml(child)


def in_dockerfile(text: str) -> Iterator[list[str]]:
    entry = yaml.safe_load(re.findall(r"^ENTRYPOINT (.*)$", text, flags=re.MULTILINE)[0])
    yield [*entry, *yaml.safe_load(re.findall(r"^CMD (.*)$", text, flags=re.MULTILINE)[0])]
    yield yaml.safe_load(re.findall(r"^HEALTHCHECK .*CMD (.*)$", text, flags=re.MULTILINE)[0])


def in_lines(text: str) -> Iterator[list[str]]:
    """`monitor …` of a shell line, up to the next sign of the shell."""
    text = re.sub(r"\d?>&?\S+", "", text)
    for found in re.finditer(r"(?:^|[\s/(`\"])monitor((?: +[^\s|&;<>)`\"]+)+)", text, flags=re.MULTILINE):
        yield ["monitor", *shlex.split(found[1].split(" #")[0])]


def arguments(path: Path) -> list[list[str]]:
    """What `monitor` is called with in a file."""
    text = path.read_text(encoding="utf-8")
    if path.name == "Dockerfile":
        return list(in_dockerfile(text))
    if path.suffix == ".md":
        blocks = "\n".join(re.findall(r"^    .*$|`[^`]+`", text, flags=re.MULTILINE))
        return list(in_lines(blocks))
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    if path.suffix != ".yaml":
        return list(in_lines(lines))
    called = [words for document in yaml.safe_load_all(text) for words in in_yaml(document)]
    in_shells = [words for call in called if call[0] == "/bin/sh" for words in in_lines(call[-1])]
    return [["monitor", *call] for call in called if cli.get_command(click.Context(cli), call[0])] + in_shells


CALLS = [(path, words) for path in (*FILES, *PAGES) if path.exists() for words in arguments(path)]


def parse(command: click.Command, words: list[str]) -> None:
    """Raises click.UsageError for a command or an option that does not exist, or lacks its value."""
    while isinstance(command, click.Group):
        context = command.make_context("monitor", list(words))
        _, found, words = command.resolve_command(context, [*context._protected_args, *context.args])
        if found is None:
            raise click.UsageError("no such command")
        command = found
    command.make_context(command.name, list(words))


@pytest.mark.parametrize(("path", "words"), CALLS, ids=[f"{path.name}: {' '.join(words)}" for path, words in CALLS])
def test_every_command_and_option_in_deploy_and_its_page_exists(path: Path, words: list[str]) -> None:
    parse(cli, words[1:])


def test_the_parser_above_sees_commands_and_refuses_unknown_ones() -> None:
    seen = {path.name for path, _ in CALLS}
    assert {"Dockerfile", "compose.yaml", "border-monitor.yaml", "border-monitor.cron"} <= seen
    assert len([name for name in seen if name.endswith(".service")]) == 3
    for words in (["sing"], ["run", "--loud"], ["check", "--send-test"], ["feeds", "eat"]):
        with pytest.raises(click.UsageError):
            parse(cli, words)


# ---------------------------------------------------------------- variables, files, versions


def secret_variables(model: type[BaseModel] = Config) -> set[str]:
    """The default names of the variables of secrets, in every section of feeds.yaml."""
    names = set()
    for name, found in model.model_fields.items():
        if name.endswith("_env") and found.default:
            names.add(str(found.default))
        for section in (found.annotation, *get_args(found.annotation)):  # one, or a list of them
            if isinstance(section, type) and issubclass(section, BaseModel):
                names |= secret_variables(section)
    return names


@pytest.mark.parametrize("path", [*FILES, *PAGES], ids=lambda path: path.name)
def test_every_variable_that_is_named_is_one_that_the_program_reads(path: Path) -> None:
    run = cli.get_command(click.Context(cli), "run")
    assert run
    options = {str(option.envvar) for option in run.params if option.envvar}
    secrets = {f"{name}{end}" for name in secret_variables() for end in ("", "_FILE")}
    known = {ENVIRONMENT_NAME} | options | secrets
    named = set(re.findall(r"\bMONITOR_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert named <= known


def test_all_ways_use_the_same_places_user_and_version() -> None:
    text = {path.name: path.read_text(encoding="utf-8") for path in FILES}
    for name in ("Dockerfile", "compose.yaml", "border-monitor.yaml", "common.conf", "border-monitor.cron"):
        assert "/etc/border-monitor" in text[name] or "ConfigurationDirectory=border-monitor" in text[name], name
    for name in ("Dockerfile", "compose.yaml", "border-monitor.yaml"):
        assert "10001" in text[name], name
        assert set(re.findall(rf"{IMAGE}:([\d.]+)", text[name])) == {__version__}, name


def test_the_image_gets_every_file_that_a_wheel_is_made_of_and_no_other() -> None:
    """What pyproject.toml bundles is copied, the ignore file lets it through, and nothing else can slip in."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, flags=re.MULTILINE)
        for name in line.split()
    }
    let_through = set(re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
    bundled = re.findall(
        r'^"([\w./]+)" = "monitor/_bundled', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert {"monitor", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", *bundled} <= copied


def test_the_image_is_run_without_rights_and_holds_no_secret() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001:10001$", dockerfile, flags=re.MULTILINE)
    assert not re.search(r"(?i)password\s*=|token\s*=|secret\s*=", dockerfile)
    assert dockerfile.rindex("\nUSER ") < dockerfile.rindex("\nENTRYPOINT ")


def test_compose_takes_every_right_away_and_has_what_it_refers_to() -> None:
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for name, service in document["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert set(service["secrets"]) <= document["secrets"].keys(), name
        files = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
        assert files == {f"/run/secrets/{secret}" for secret in service["secrets"]}, name
        volumes = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert volumes <= document["volumes"].keys(), name
    assert all(port.startswith("127.0.0.1:") for port in document["services"]["web"]["ports"])


def test_the_cron_job_runs_once_at_a_time_without_rights_and_has_what_it_mounts() -> None:
    claim, job = yaml.safe_load_all((DEPLOY / "kubernetes/border-monitor.yaml").read_text(encoding="utf-8"))
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    assert set(mounts.values()) == volumes.keys()
    assert volumes["data"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    for variable in container["env"]:
        if variable["name"].endswith("_FILE"):
            assert str(Path(variable["value"]).parent) in mounts, variable
    rule = job["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"][0]["onExitCodes"]
    assert rule == {"containerName": container["name"], "operator": "In", "values": [2]}


def test_the_manifest_is_one_that_kubernetes_takes() -> None:
    """Against its own schemas, with unknown properties refused; `make check-deploy` installs them."""
    validator = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate (108 MB)")
    for document in yaml.safe_load_all((DEPLOY / "kubernetes/border-monitor.yaml").read_text(encoding="utf-8")):
        validator.validate(document, "1.31", strict=True)
