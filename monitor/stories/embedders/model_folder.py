"""The files of a model of one's own, and `embedder.yaml`, the small file beside them that says how to use them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.errors import EngineError
from monitor.resources import read_yaml

SETTINGS = "embedder.yaml"
_MODELS = ("model.onnx", "onnx/model.onnx")
_TOKENIZERS = ("tokenizer.json", "sentencepiece.bpe.model", "spiece.model", "sentencepiece.model", "tokenizer.model")


class ModelSettings(BaseModel):
    """What `embedder.yaml` may say; every key has a default that fits most exported models."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = ""
    """File of the model; empty: model.onnx, onnx/model.onnx, or the only .onnx file there is."""
    tokenizer: str = ""
    """tokenizer.json or a sentencepiece model; empty: found by its usual names."""
    prefix: str = ""
    """Put before every text, as the model was trained: "query: " for the e5 family."""
    max_tokens: int = Field(default=512, ge=8, le=8192)
    """Longer texts are cut; leads have 60 to 130 tokens."""
    output: str = ""
    """Name of the output to take; empty: sentence_embedding, last_hidden_state, token_embeddings, or the first."""
    pooling: Literal["mean", "first"] = "mean"
    """Of an output with a row per token: the mean of the rows, or the first one (CLS)."""
    pieces: Literal["auto", "xlm-roberta", "plain"] = "auto"
    """Numbers of a sentencepiece model's pieces: moved as XLM-RoBERTa does, or plain. auto: by the file's name."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where the parts of a model lie."""

    model: Path
    tokenizer: Path
    settings: ModelSettings

    @property
    def digest(self) -> str:
        """12 hex digits: equal files and settings, equal vectors. Reads the whole model, some 1 GB a second."""
        parts = (self.tokenizer, *sorted(self.model.parent.glob(f"{self.model.name}*")))  # weights may lie beside it
        return content_digest(parts, repr(self.settings))


def content_digest(files: Iterable[Path], text: str = "") -> str:
    """12 hex digits over the content of files, in the given order, and a text."""
    whole = hashlib.blake2b(text.encode(), digest_size=6)
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "blake2b").digest())
    return whole.hexdigest()


def find_model(path: Path) -> ModelFiles:
    """The model at `path`, a folder or an .onnx file. EngineError when a part is missing or unclear."""
    if not path.exists():
        raise EngineError(f"open the embedder onnx:{path}: there is no such file or folder; correct stories.embedder")
    folder = path if path.is_dir() else path.parent
    if path.is_file() and folder.name == "onnx":  # how models are published: onnx/ beside the tokenizer
        folder = folder.parent
    settings = load_settings(folder)
    model = path if path.is_file() else _only_model(folder, settings.model)
    return ModelFiles(model, _tokenizer(folder, model.parent, settings.tokenizer), settings)


def load_settings(folder: Path) -> ModelSettings:
    """`embedder.yaml` of a model's folder, or the defaults. EngineError when it cannot be read or says nonsense."""
    path = folder / SETTINGS
    if not path.is_file():
        return ModelSettings()
    try:
        return ModelSettings.model_validate(read_yaml(path) or {})
    except ValidationError as exc:
        found = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in exc.errors())
        raise EngineError(f"read {path}: {found}; docs/embedders.md lists the keys") from exc
    except (OSError, ValueError, yaml.YAMLError) as exc:
        raise EngineError(f"read {path}: {exc}; correct the file or delete it") from exc


def _only_model(folder: Path, named: str) -> Path:
    found = [folder / name for name in ((named,) if named else _MODELS) if (folder / name).is_file()]
    if found:
        return found[0]
    if named:
        raise EngineError(f"open the embedder onnx:{folder}: {SETTINGS} names {named}, which is not there")
    others = sorted(folder.glob("*.onnx"))
    if len(others) == 1:
        return others[0]
    wrong = f"{len(others)} .onnx files" if others else "no .onnx file"
    raise EngineError(f"open the embedder onnx:{folder}: {wrong} in the folder; name the file: onnx:FOLDER/FILE.onnx")


def _tokenizer(folder: Path, beside: Path, named: str) -> Path:
    names = (named,) if named else _TOKENIZERS
    for name in names:
        for place in (beside, folder):
            if (place / name).is_file():
                return place / name
    raise EngineError(
        f"open the embedder onnx:{folder}: no tokenizer ({', '.join(names)}); put the model's tokenizer.json or "
        f"sentencepiece model beside it, or name it in {SETTINGS}"
    )
