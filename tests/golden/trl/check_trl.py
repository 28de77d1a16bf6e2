"""Trains two steps on a training set with the configuration that lies beside it: check_trl.py FOLDER [dpo|sft]

Only the model (a tiny one with random weights, made here), the steps and the output differ from what the file says.
"""

import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from datasets import load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
SPECIAL = ["<end>", "<pad>", "<user>", "<assistant>"]


def write_tiny_model(folder, texts):
    """A Llama of two layers and a tokenizer of these texts, so that nothing has to be downloaded."""
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    words.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=2000, special_tokens=SPECIAL, initial_alphabet=letters))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>", pad_token="<pad>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=32768, **shape)
    config.eos_token_id, config.pad_token_id = tokenizer.eos_token_id, tokenizer.pad_token_id
    LlamaForCausalLM(config).save_pretrained(folder)


def check_rows(folder):
    """Every format loads, split by split, and both of TRL's hold the same rows. Returns the texts to train on."""
    rows = {}
    for part in sorted(folder.iterdir()):
        if part.is_dir() and part.name != "trainers":
            sets = load_dataset(str(part))
            rows[part.name] = {split: list(of) for split, of in sets.items()}
            print(part.name, {split: len(of) for split, of in sets.items()}, sets["train"].column_names)
    assert rows["trl"] == rows["trl-parquet"], "trl/ and trl-parquet/ differ"
    turns = (turn for row in rows["trl"]["train"] for part in row.values() for turn in part)
    return [turn["content"] for turn in turns]


def train(folder, kind, texts, temporary):
    write_tiny_model(temporary / "model", texts)
    own = ["--model_name_or_path", temporary / "model", "--output_dir", temporary / "out", "--max_steps", "2", "--use_cpu"]
    command = ["trl", kind, "--config", "trainers/trl.yaml", *own, "--report_to", "none"]
    subprocess.run([str(part) for part in command], cwd=folder, check=True)
    assert (temporary / "out" / "adapter_model.safetensors").exists(), "no adapter was written"


folder, kind = Path(sys.argv[1]), sys.argv[2]
print({name: version(name) for name in ("trl", "transformers", "datasets", "peft", "torch")})
texts = check_rows(folder)
with tempfile.TemporaryDirectory() as temporary:
    train(folder, kind, texts, Path(temporary))
