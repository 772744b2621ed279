"""Small but genuine encoders for the tests: an ONNX graph of random weights, and tokenizers trained on a few texts."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import sentencepiece
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from monitor.protocols import Vectors
from monitor.stories.means import general_sentences

WIDTH = 24
VOCABULARY = 400
TABLE = np.random.default_rng(11).normal(size=(VOCABULARY, WIDTH)).astype(np.float32)


def write_encoder(
    path: Path,
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    output: str = "last_hidden_state",
    kind: int = TensorProto.INT64,
    table: Vectors = TABLE,
    tail: Sequence[tuple[str, dict[str, Any]]] = (),
    output_kind: int = TensorProto.FLOAT,
) -> None:
    """tanh(table[input_ids]), a row for each token, then the operators of `tail`; other inputs are taken, not used."""
    steps = [("Gather", {}), ("Tanh", {}), *tail]
    nodes, source = [], "input_ids"
    for number, (operator, attributes) in enumerate(steps):
        target = output if number == len(steps) - 1 else f"step{number}"
        given = ["table", source] if operator == "Gather" else [source]
        nodes.append(helper.make_node(operator, given, [target], **attributes))
        source = target
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info(name, kind, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info(output, output_kind, None)],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())


def write_wrong_inputs(path: Path) -> None:
    """A model of pictures."""
    pixels = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, [1, 3, 8, 8])
    out = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, 3, 8, 8])
    graph = helper.make_graph([helper.make_node("Tanh", ["pixel_values"], ["features"])], "pictures", [pixels], [out])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))


def write_sentencepiece(path: Path) -> None:
    """A unigram model of the shipped general sentences."""
    lines = [line for texts in general_sentences().values() for line in texts]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=VOCABULARY - 2,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())


def write_tokenizer_json(path: Path) -> Tokenizer:
    """A WordPiece tokenizer of the shipped general sentences, with [CLS] and [SEP] around each text."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    lines = [line for texts in general_sentences().values() for line in texts]
    tokenizer.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special))
    around = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=around)
    tokenizer.save(str(path))
    return tokenizer


def write_sentence_transformer(folder: Path) -> None:
    """A BERT of two small layers with random weights, saved as the library saves its models. Needs the extra."""
    from sentence_transformers import SentenceTransformer  # an extra, with PyTorch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    bert = folder / "bert"
    bert.mkdir()
    write_tokenizer_json(bert / "tokenizer.json")
    sizes = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
    BertModel(BertConfig(vocab_size=VOCABULARY, max_position_embeddings=64, **sizes)).save_pretrained(bert)
    PreTrainedTokenizerFast(
        tokenizer_file=str(bert / "tokenizer.json"), pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(bert)
    SentenceTransformer(str(bert), device="cpu", local_files_only=True).save(str(folder / "model"))  # mean pooling
