"""The network of multilingual-e5-small as a CTranslate2 encoder with 8 bits a weight, made from the four-bit file."""

from collections.abc import Sequence
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from monitor.protocols import Vectors
from monitor.stories.embedders.e5_file import E5File

_MOST = 127  # of eight bits
_AT_ONCE = 4096  # rows: they pass through 32 bits


class EncoderBuilder:
    """Makes encoders that know some pieces of the vocabulary; the layers are read once.

    All pieces would take 100 MB and a second at each start, a run needs a few thousand of them.
    """

    def __init__(self, file: E5File, threads: int) -> None:
        self._file = file
        self._threads = threads
        self._spec = _specification(file)

    def encoder(self, numbers: Sequence[int]) -> Any:
        """A `ctranslate2.Encoder` whose token k is piece `numbers[k]`; it works on `threads` texts at a time."""
        from ctranslate2 import Encoder  # noqa: PLC0415 - heavy

        hidden = self._file.sizes.hidden
        parts = (np.array(numbers[at : at + _AT_ONCE]) for at in range(0, len(numbers), _AT_ONCE))
        weights, scales = zip(*(_quantised(self._file.rows("emb.word", hidden, part)) for part in parts), strict=True)
        words = self._spec.encoder.embeddings[0]
        words.weight, words.weight_scale = np.concatenate(weights), np.concatenate(scales)
        self._spec.register_vocabulary([str(number) for number in numbers])
        self._spec.validate()
        with TemporaryDirectory(prefix="monitor-e5-") as folder:
            self._spec.save(folder)
            words.weight = words.weight_scale = None  # are in the encoder
            return Encoder(folder, compute_type="int8", inter_threads=self._threads, intra_threads=1)


def _specification(file: E5File) -> Any:
    """All but the vocabulary: a BERT encoder, normalised after each step (Devlin et al., 2019)."""
    from ctranslate2 import specs  # noqa: PLC0415 - heavy

    sizes = file.sizes
    encoder = specs.TransformerEncoderSpec(
        sizes.layers,
        sizes.heads,
        pre_norm=False,
        activation=specs.Activation.GELU,
        layernorm_embedding=True,
    )
    encoder.scale_embeddings = False
    # Every text is of the first type, whose vector is the same at each position.
    positions = file.floats("emb.pos").reshape(sizes.positions, sizes.hidden)
    encoder.position_encodings.encodings = positions + file.floats("emb.type")[: sizes.hidden]
    _normalise(encoder.layernorm_embedding, file, "emb.ln")
    for number, layer in enumerate(encoder.layer):
        _fill(layer, file, f"l{number}.")
    specification = specs.TransformerEncoderModelSpec(encoder)
    specification.config.layer_norm_epsilon = sizes.epsilon
    specification.config.unk_token = str(file.pieces.unknown)
    return specification


def _fill(layer: Any, file: E5File, name: str) -> None:
    hidden, inner = file.sizes.hidden, file.sizes.inner
    attention, forward = layer.self_attention, layer.ffn
    _linear(attention.linear[0], file, [f"{name}{part}" for part in "qkv"], hidden)
    _linear(attention.linear[1], file, [f"{name}ao"], hidden)
    _normalise(attention.layer_norm, file, f"{name}aln")
    _linear(forward.linear_0, file, [f"{name}fi"], hidden)
    _linear(forward.linear_1, file, [f"{name}fo"], inner)
    _normalise(forward.layer_norm, file, f"{name}oln")


def _linear(layer: Any, file: E5File, names: Sequence[str], columns: int) -> None:
    """One matrix of those named, below each other."""
    rows = np.concatenate([file.rows(f"{name}.w", columns) for name in names])
    layer.weight, layer.weight_scale = _quantised(rows)
    layer.bias = np.concatenate([file.floats(f"{name}.b") for name in names])


def _normalise(layer: Any, file: E5File, name: str) -> None:
    layer.gamma, layer.beta = file.floats(f"{name}.w").copy(), file.floats(f"{name}.b").copy()


def _quantised(rows: Vectors) -> tuple[Any, Vectors]:
    """Rows of 8-bit integers, and what each was multiplied by (float32), as CTranslate2 keeps them."""
    largest = np.abs(rows).max(axis=1)
    scale: Vectors = (_MOST / np.where(largest == 0, _MOST, largest)).astype(np.float32)
    return np.rint(rows * scale[:, None]).astype(np.int8), scale
