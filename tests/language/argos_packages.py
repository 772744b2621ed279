"""Genuine .argosmodel packages, made on the spot: CTranslate2 weights written by hand, a SentencePiece vocabulary.

The Transformer is a word-for-word dictionary: decoder step i attends to source position i (random ±1 position codes)
and the output projection maps the source piece to its target piece. The real loading, int8, beam, batching and
tokenizer code runs on it, and its output is known exactly. Unknown words are copied.

Both kinds of tokenizer that argostranslate knows can be had: SentencePiece (the published 1.0 packages) and Moses with
byte pairs (es→en 1.9).
"""

import io
import json
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import sentencepiece
from ctranslate2.specs import transformer_spec

_STOPS = "¿?¡!.,;:"  # Moses makes words of their own of them
Array = npt.NDArray[np.float32]
WordPair = tuple[str, str]

WORDS_ES_EN: tuple[WordPair, ...] = (
    ("Hola,", "Hello,"), ("¿cómo", "how"), ("estás?", "are-you?"), ("La", "The"), ("Patrulla", "Patrol"),
    ("Fronteriza", "Border"), ("no", "not"), ("confirmó", "confirmed"), ("la", "the"), ("detención", "arrest"),
    ("de", "of"), ("12", "12"), ("300", "300"), ("personas.", "people."), ("agentes", "agents"), ("hallaron", "found"),
    ("un", "a"), ("túnel", "tunnel"), ("en", "in"), ("Tijuana", "Tijuana"), ("migrantes", "migrants"),
    ("Agentes", "Agents"), ("federales", "federal"), ("entre", "between"), ("y", "and"), ("San", "San"),
    ("Diego.", "Diego."), ("El", "The"), ("hombre", "man"), ("fue", "was"), ("detenido", "arrested"), ("por", "by"),
    ("policía", "police"), ("Ciudad", "Ciudad"), ("Juárez.", "Juárez."), ("Fueron", "Were"),
    ("deportados", "deported"), ("1,250", "1,250"), ("a", "to"), ("Honduras.", "Honduras."), ("Nadie", "Nobody"),
    ("resultó", "was"), ("herido", "injured"), ("el", "the"), ("puente.", "bridge."),
)  # fmt: skip
WORDS_EN_ES: tuple[WordPair, ...] = (
    ("Hello,", "Hola,"), ("how", "cómo"), ("are", "estás"), ("you?", "tú?"), ("The", "La"), ("Border", "Fronteriza"),
    ("Patrol", "Patrulla"), ("did", "sí"), ("not", "no"), ("confirm", "confirma"), ("the", "la"),
    ("arrest", "detención"),
    ("of", "de"), ("12", "12"), ("people.", "personas."), ("agents", "agentes"), ("found", "hallaron"), ("a", "un"),
    ("tunnel", "túnel"), ("in", "en"), ("Tijuana", "Tijuana"), ("migrants", "migrantes"), ("300", "300"),
    ("Federal", "Federales"), ("between", "entre"), ("and", "y"), ("San", "San"), ("Diego.", "Diego."),
    ("man", "hombre"), ("was", "fue"), ("arrested", "detenido"), ("by", "por"), ("police", "policía"),
    ("Ciudad", "Ciudad"), ("Juárez.", "Juárez."), ("1,250", "1,250"), ("were", "fueron"), ("deported", "deportados"),
    ("to", "a"), ("Honduras.", "Honduras."), ("Nobody", "Nadie"), ("injured", "herido"), ("on", "en"),
    ("bridge.", "puente."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the Transformer; the defaults make a package of a few hundred kilobytes."""

    width: int = 128
    heads: int = 4
    layers: int = 1
    inner: int = 256
    positions: int = 512
    vocabulary: int = 0  # at least so many pieces; made-up words fill it up


PUBLISHED = Shape(width=512, heads=8, layers=6, inner=2048, vocabulary=32_000)
"""The size of the published packages: with int8 weights about 94 MB."""


def build_package(
    out: Path,
    pairs: Sequence[WordPair] = WORDS_ES_EN,
    *,
    source: str = "es",
    target: str = "en",
    version: str = "1.0",
    stuck_on: str = "",
    shape: Shape = Shape(),
    tokenizer: Literal["sentencepiece", "bpe"] = "sentencepiece",
    quantization: str | None = None,
    only_in_int8: bool = False,
    blur: float = 0.0,
) -> Path:
    """Write a package to `out` and return it.

    `stuck_on`: a target word it says for ever; with `only_in_int8` just when its weights are rounded to int8, which is
    how the published es→en 1.9 fails. `quantization`: how the weights are stored ("int8" as published ones are).
    `blur`: how strong random weights are beside the dictionary's: at 1.0 the words depend on how the search is set.
    """
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / f"{source}_{target}"
        root.mkdir()
        make = _sentencepiece_vocabulary if tokenizer == "sentencepiece" else _bpe_vocabulary
        space = "▁" if tokenizer == "sentencepiece" else ""
        pairs = pairs if tokenizer == "sentencepiece" else [(s.strip(_STOPS), t.strip(_STOPS)) for s, t in pairs]
        vocabulary = make([*pairs, ("", stuck_on)] if stuck_on else pairs, root, shape.vocabulary)
        spec = _dictionary_model(vocabulary, {f"{space}{s}": f"{space}{t}" for s, t in pairs}, shape)
        if stuck_on:
            _break(spec, vocabulary.index(f"{space}{stuck_on}"), only_in_int8=only_in_int8)
        if blur:
            _blur(spec, blur)
        spec.validate()
        spec.optimize(quantization=quantization)
        (root / "model").mkdir()
        spec.save(str(root / "model"))
        (root / "metadata.json").write_text(json.dumps(_metadata(source, target, version)), encoding="utf-8")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(root.rglob("*")):
                packed.write(path, path.relative_to(scratch))
    return out


def unpack_packages(models_dir: Path, *packages: Path) -> Path:
    """Put packages where the engine looks for them, without the installer."""
    for package in packages:
        with zipfile.ZipFile(package) as packed:
            packed.extractall(models_dir / "argos")
    return models_dir


def _metadata(source: str, target: str, version: str) -> dict[str, Any]:
    return {
        "package_version": version,
        "argos_version": "1.0",
        "from_code": source,
        "from_name": source,
        "to_code": target,
        "to_name": target,
        "links": [],
    }


def _filled(words: set[str], size: int) -> list[str]:
    """The words, sorted, and made-up ones after them."""
    return [*sorted(words), *(f"relleno{i}" for i in range(size - len(words)))]


def _sentencepiece_vocabulary(pairs: Sequence[WordPair], root: Path, size: int) -> list[str]:
    """Train `sentencepiece.model` on whole words; its pieces."""
    words = _filled({word for pair in pairs for word in pair if word}, size)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(words[i : i + 100]) for i in range(0, len(words), 100)] * 3),
        model_writer=model,
        model_type="word",
        vocab_size=len(words) + 3,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
        normalization_rule_name="identity",
    )
    (root / "sentencepiece.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [processor.id_to_piece(i) for i in range(processor.vocab_size())]


def _bpe_vocabulary(pairs: Sequence[WordPair], root: Path, size: int) -> list[str]:
    """Write `bpe.model`, the merges that make every word one piece; the pieces, and single letters for other words."""
    words = {word for pair in pairs for word in pair if word}
    letters = {letter for word in words for letter in word} | {*_STOPS, *"0123456789"}
    merges = _byte_pairs(sorted(word for word in words if not word.endswith("@@")))
    lines = ["#version: 0.2", *(f"{left} {right}" for left, right in merges)]
    (root / "bpe.model").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pieces = {*words, *letters, *(f"{letter}@@" for letter in letters)}
    return ["<unk>", "<s>", "</s>", *_filled(pieces, size)]


def _byte_pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """The merges of neighbours, the most frequent first, until every word is one symbol."""
    symbols = [[*word[:-1], word[-1] + "</w>"] for word in words]
    merges = []
    while counts := Counter(pair for word in symbols for pair in pairwise(word)):
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        symbols = [_merged(word, best) for word in symbols]
    return merges


def _merged(symbols: Sequence[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    for symbol in symbols:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return out


class _Weights:
    """Small noise where nothing is said, written weights where something is."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)

    def noise(self, *shape: int) -> Array:
        return (self.random.standard_normal(shape) * 1e-3).astype(np.float32)

    def signs(self, rows: int, columns: int) -> Array:
        """Rows of as many +1 as -1, shuffled: nearly orthogonal codes."""
        row = np.tile(np.array([1, -1], np.float32), (rows, (columns + 1) // 2))[:, :columns]
        return self.random.permuted(row, axis=1)

    def linear(self, layer: Any, rows: int, columns: int, written: Array | None = None) -> None:
        layer.weight = self.noise(rows, columns) + (0 if written is None else written.astype(np.float32))
        layer.bias = np.zeros(rows, np.float32)


def _break(spec: Any, piece: int, *, only_in_int8: bool) -> None:
    """Make the model say one piece for ever. In int8 only: one column of the projection holds huge weights and meets
    a zero at every step; as they set the scale of the rounding, all others vanish.
    """
    if not only_in_int8:
        spec.decoder.projection.bias[piece] = 1e3
        return
    spec.decoder.layer_norm.gamma[-1] = 0.0
    spec.decoder.projection.weight[:, -1] = 1e4
    spec.decoder.projection.bias[piece] = 1e-2


def _blur(spec: Any, strength: float) -> None:
    """Random weights between the last word and the next, and on the output: many continuations are about as likely."""
    random = np.random.default_rng(11)
    spec.decoder.embeddings.weight = random.standard_normal(spec.decoder.embeddings.weight.shape).astype(np.float32)
    noise = random.standard_normal(spec.decoder.projection.weight.shape) * strength
    spec.decoder.projection.weight = (spec.decoder.projection.weight + noise).astype(np.float32)


def _norm(layer: Any, width: int) -> None:
    layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)


def _self_attention(weights: _Weights, attention: Any, width: int) -> None:
    _norm(attention.layer_norm, width)
    weights.linear(attention.linear[0], 3 * width, width)
    weights.linear(attention.linear[1], width, width)


def _feed_forward(weights: _Weights, layer: Any, shape: Shape) -> None:
    _norm(layer.layer_norm, shape.width)
    weights.linear(layer.linear_0, shape.inner, shape.width)
    weights.linear(layer.linear_1, shape.width, shape.inner)


def _looking(weights: _Weights, attention: Any, shape: Shape, *, last: bool) -> None:
    """Cross attention. In the last layer: find the position's own source piece, and hand its token code on."""
    d, head = shape.width, shape.width // shape.heads
    tokens = d - head  # the first head's width carries the position code
    query, key, value, output = (np.zeros((d, d), np.float32) for _ in range(4))
    share = tokens // shape.heads
    for h in range(shape.heads):
        for j in range(head):
            query[h * head + j, j] = key[h * head + j, j] = 2.0
        for j in range(share if h < shape.heads - 1 else tokens - share * (shape.heads - 1)):
            value[h * head + j, head + h * share + j] = 1.0
            output[head + h * share + j, h * head + j] = 4.0
    _norm(attention.layer_norm, d)
    weights.linear(attention.linear[0], d, d, query if last else None)
    weights.linear(attention.linear[1], 2 * d, d, np.concatenate([key, value]) if last else None)
    weights.linear(attention.linear[2], d, d, output if last else None)


def _dictionary_model(vocabulary: list[str], mapping: dict[str, str], shape: Shape) -> Any:
    weights = _Weights()
    d, head, size = shape.width, shape.width // shape.heads, len(vocabulary)
    index = {piece: i for i, piece in enumerate(vocabulary)}
    embeddings = np.zeros((size, d), np.float32)
    embeddings[:, head:] = weights.signs(size, d - head)
    positions = np.zeros((shape.positions, d), np.float32)
    positions[:, :head] = weights.signs(shape.positions, head)
    projection = np.zeros((size, d), np.float32)
    for i, piece in enumerate(vocabulary):
        projection[index.get(mapping.get(piece, piece), i)] += embeddings[i] * 30.0 / (d - head)
    spec = transformer_spec.TransformerSpec.from_config((shape.layers, shape.layers), shape.heads, pre_norm=True)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.scale_embeddings = decoder.scale_embeddings = False
    first = encoder.embeddings[0] if isinstance(encoder.embeddings, list) else encoder.embeddings
    first.weight, decoder.embeddings.weight = embeddings, weights.noise(size, d)
    for side in (encoder, decoder):
        side.position_encodings.encodings = positions
        _norm(side.layer_norm, d)
    for layer in encoder.layer:
        _self_attention(weights, layer.self_attention, d)
        _feed_forward(weights, layer.ffn, shape)
    for number, layer in enumerate(decoder.layer, 1):
        _self_attention(weights, layer.self_attention, d)
        _looking(weights, layer.attention, shape, last=number == shape.layers)
        _feed_forward(weights, layer.ffn, shape)
    decoder.projection.weight, decoder.projection.bias = projection, np.zeros(size, np.float32)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_eos = True  # the decoder learns where to stop from the copied </s>
    spec.config.unk_token = "<unk>"
    return spec
