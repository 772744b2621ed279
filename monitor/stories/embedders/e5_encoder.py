"""The network of multilingual-e5-small as a CTranslate2 encoder, made from the four-bit file."""

from collections.abc import Sequence
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from monitor.stories.embedders.e5_file import E5File


def build_encoder(file: E5File, numbers: Sequence[int], threads: int) -> Any:
    """A `ctranslate2.Encoder` whose token k is piece `numbers[k]`; it works on `threads` texts at a time.

    It knows these pieces only: all of them would take 400 MB, and a run needs a few thousand.
    """
    from ctranslate2 import Encoder  # noqa: PLC0415 - heavy

    specification = _specification(file)
    specification.encoder.embeddings[0].weight = file.rows("emb.word", file.sizes.hidden, np.array(numbers))
    specification.register_vocabulary([str(number) for number in numbers])
    specification.validate()
    with TemporaryDirectory(prefix="monitor-e5-") as folder:
        specification.save(folder)
        del specification  # as large as the encoder
        return Encoder(folder, compute_type="float32", inter_threads=threads, intra_threads=1)


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
    layer.weight = np.concatenate([file.rows(f"{name}.w", columns) for name in names])
    layer.bias = np.concatenate([file.floats(f"{name}.b") for name in names])


def _normalise(layer: Any, file: E5File, name: str) -> None:
    layer.gamma, layer.beta = file.floats(f"{name}.w").copy(), file.floats(f"{name}.b").copy()
