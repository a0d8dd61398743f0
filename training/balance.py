"""The stored biases of the routers, by which experts are chosen at inference.

In training each pass chooses with a bias that balances it alone, and passes hold code or tasks. So
the last stage of a run chooses by the stored bias, as inference does, and that follows the balance
of whole steps slowly. Setting it anew at the end over a sample does not pay: what is balanced on 96
rows is not on others (`benchmarks/expert_load.py`).
"""

from torch import Tensor

from training.model import balanced_bias, loads

FOLLOWED = 0.1
"""Share of the way to the bias that balances a step: a step has few tokens, so its bias is noisy"""


def load_of(scores: Tensor, bias: Tensor, chosen: int) -> float:
    """Largest over mean load that a bias gives on scores (tokens, experts); 1 is balance."""
    experts = (scores + bias).topk(chosen, dim=-1).indices
    load = loads(experts, len(bias)).float()
    return float(load.max() / load.mean())


def settle(scores: Tensor, bias: Tensor, chosen: int, share: float = FOLLOWED) -> None:
    """Move a bias, in place, a share of the way to the one that balances these scores."""
    bias.lerp_(balanced_bias(scores, bias, chosen), share)
