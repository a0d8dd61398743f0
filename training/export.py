"""Write a checkpoint in the Hugging Face layout: `python -m training.export CHECKPOINT FOLDER`.

`AutoModelForCausalLM.from_pretrained` loads the folder unchanged: the tensors carry the names of
`Glm4MoeForCausalLM` with one tensor an expert, as vLLM and llama.cpp expect them too.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from training import checkpoint
from training.model import MoeTransformer, Shape
from training.tokenizer import END, FIM_PAD, SPECIAL


def configuration(shape: Shape, dtype: torch.dtype) -> dict[str, Any]:
    """`config.json` of Glm4MoeForCausalLM."""
    return {
        "architectures": ["Glm4MoeForCausalLM"],
        "model_type": "glm4_moe",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "intermediate_size": shape.shared * shape.expert_width,
        "moe_intermediate_size": shape.expert_width,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_size,
        "max_position_embeddings": shape.positions,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": shape.rope_base,
            "partial_rotary_factor": 1.0,
        },
        "partial_rotary_factor": 1.0,
        "rms_norm_eps": shape.epsilon,
        "hidden_act": "silu",
        "attention_bias": False,
        "use_qk_norm": False,
        "n_routed_experts": shape.experts,
        "num_experts_per_tok": shape.chosen,
        "n_shared_experts": shape.shared,
        "n_group": 1,
        "topk_group": 1,
        "norm_topk_prob": True,
        "routed_scaling_factor": 1.0,
        "first_k_dense_replace": 0 if shape.experts else shape.layers,
        "num_nextn_predict_layers": 0,
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": SPECIAL.index(END),
        "pad_token_id": SPECIAL.index(FIM_PAD),
        "dtype": str(dtype).removeprefix("torch."),
    }


def tensors(model: MoeTransformer, dtype: torch.dtype) -> dict[str, Tensor]:
    """Weights under Hugging Face names; the balancing bias stays fp32."""
    named: dict[str, Tensor] = {}
    for name, value in model.state_dict().items():
        tensor = value.detach().cpu()
        stem, _, last = name.rpartition(".")
        if last == "gate_up_proj":
            for expert, matrix in enumerate(tensor):
                gate, up = matrix.chunk(2)
                named[f"model.{stem}.{expert}.gate_proj.weight"] = gate
                named[f"model.{stem}.{expert}.up_proj.weight"] = up
        elif last == "down_proj":
            for expert, matrix in enumerate(tensor):
                named[f"model.{stem}.{expert}.down_proj.weight"] = matrix
        else:
            named[f"model.{name}"] = tensor
    return {
        name: tensor.to(torch.float32 if "correction_bias" in name else dtype).contiguous().clone()
        for name, tensor in named.items()
    }


def export(
    model: MoeTransformer, tokenizer_folder: Path, folder: Path, dtype: torch.dtype = torch.float32
) -> None:
    """Write the folder aside, then rename it into place."""
    aside = folder.with_name(folder.name + ".partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    save_file(tensors(model, dtype), aside / "model.safetensors", metadata={"format": "pt"})
    text = json.dumps(configuration(model.shape, dtype), indent=2) + "\n"
    (aside / "config.json").write_text(text, encoding="utf-8")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(tokenizer_folder / name, aside / name)
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def model_of(state: dict[str, Any]) -> MoeTransformer:
    """The model of a training checkpoint."""
    model = MoeTransformer(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    return model.eval()


def main() -> None:
    """Export a training checkpoint."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--dtype", default="float32", choices=["float32", "float16"])
    options = parser.parse_args()
    model = model_of(checkpoint.load(options.checkpoint))
    export(model, options.work / "tokenizer", options.folder, getattr(torch, options.dtype))


if __name__ == "__main__":
    main()
