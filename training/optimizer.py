"""Muon for hidden matrices, AdamW for the rest.

Muon (Jordan 2024, kellerjordan.github.io/posts/muon) steps along the orthogonalised momentum.
An expert's matrices are orthogonalised one by one: the iteration runs over a batch of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

# Polar Express (Amsel et al. 2025, arXiv 2505.16932), its first four steps: optimal odd
# polynomials of degree five for singular values in [1e-3, 1].
POLAR_EXPRESS = (
    (8.156554524902461, -22.48329292557795, 15.878769915207462),
    (4.042929935166739, -2.808917465908714, 0.5000178451051316),
    (3.8916678022926607, -2.772484153217685, 0.5060648178503393),
    (3.285753657755655, -2.3681294933425376, 0.46449024233003106),
)
SAFETY = 1.02
CHUNK = 16  # matrices orthogonalised at a time: they stay in a core's cache

Map = Callable[[Callable[[Tensor], Tensor], Iterable[Tensor]], Iterable[Tensor]]


def orthogonalised(matrices: Tensor) -> Tensor:
    """Nearest semi-orthogonal matrices of a batch (count, rows, columns), rows <= columns."""
    x = matrices / (matrices.norm(dim=(-2, -1), keepdim=True) * SAFETY + 1e-7)
    for a, b, c in POLAR_EXPRESS:
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Peak learning rates and weight decay (decoupled, times the rate)."""

    matrix: float = 0.02
    adamw: float = 0.002  # of the hidden matrices, where AdamW steps them
    embedding: float = 0.002
    # Adam moves every coordinate alike, so a faster router follows what all tokens have in common
    # and flips most of them from one expert to another in a single step.
    router: float = 0.00005
    norm: float = 0.002
    momentum: float = 0.95
    matrix_decay: float = 0.02
    embedding_decay: float = 0.01


class Muon:
    """Momentum orthogonalised per matrix; equal shapes are stacked into one batch.

    `run` maps a function over chunks of that batch, `map` or a thread pool's; `dtype` is that of
    the iteration, which bears bfloat16.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        rates: Rates,
        run: Map = map,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.parameters = list(parameters)
        self.rates = rates
        self.run = run
        self.dtype = dtype
        self.momenta = [torch.zeros_like(p) for p in self.parameters]

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """One update; `factor` is the schedule's share of the peak rate."""
        batches: dict[torch.Size, list[tuple[nn.Parameter, Tensor]]] = defaultdict(list)
        for parameter, momentum in zip(self.parameters, self.momenta, strict=True):
            if parameter.grad is None:
                continue
            momentum.lerp_(parameter.grad, 1 - self.rates.momentum)
            direction = parameter.grad.lerp(momentum, self.rates.momentum)  # Nesterov
            matrices = as_matrices(direction)
            batches[matrices.shape[1:]].append((parameter, matrices))
        for group in batches.values():
            self._apply(group, self.rates.matrix * factor)

    def _apply(self, group: list[tuple[nn.Parameter, Tensor]], rate: float) -> None:
        stacked = torch.cat([matrices for _, matrices in group])
        rows, columns = stacked.shape[1:]
        wide = (stacked if rows <= columns else stacked.mT).to(self.dtype)
        update = torch.cat(list(self.run(orthogonalised, wide.split(CHUNK))))
        update = (update if rows <= columns else update.mT).to(stacked.dtype)
        scale = rate * max(1.0, rows / columns) ** 0.5
        parts = update.split([len(matrices) for _, matrices in group])
        for (parameter, _), part in zip(group, parts, strict=True):
            parameter.mul_(1 - rate * self.rates.matrix_decay)
            parameter.sub_(part.reshape(parameter.shape), alpha=scale)

    def state_dict(self) -> dict[str, Any]:
        """Return the momenta, in parameter order."""
        return {"momenta": self.momenta}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the momenta."""
        for momentum, saved in zip(self.momenta, state["momenta"], strict=True):
            momentum.copy_(saved)


def as_matrices(tensor: Tensor) -> Tensor:
    """(count, rows, columns); a fused gate and up projection counts as two matrices."""
    if tensor.dim() == 2:
        return tensor.unsqueeze(0)
    experts, rows, columns = tensor.shape
    if rows == 2 * columns:
        return tensor.reshape(2 * experts, columns, columns)
    return tensor


class AdamW:
    """torch's fused AdamW under the schedule's factor."""

    def __init__(self, groups: list[dict[str, Any]]) -> None:
        self.inner = torch.optim.AdamW(groups, betas=(0.9, 0.97), eps=1e-10, fused=True)
        self.peaks = [group["lr"] for group in self.inner.param_groups]

    def step(self, factor: float) -> None:
        """One update; `factor` is the schedule's share of the peak rate."""
        for group, peak in zip(self.inner.param_groups, self.peaks, strict=True):
            group["lr"] = peak * factor
        self.inner.step()

    def state_dict(self) -> dict[str, Any]:
        """Return torch's state."""
        return self.inner.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore torch's state."""
        self.inner.load_state_dict(state)


class Optimizer(Protocol):
    """What the training loop needs of an optimizer."""

    def step(self, factor: float) -> None:
        """One update at a share of the peak rate."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the next step depends on."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        ...


def optimizers(
    model: nn.Module,
    rates: Rates,
    kind: str = "muon",
    run: Map = map,
    dtype: torch.dtype = torch.float32,
) -> tuple[Optimizer, ...]:
    """Muon over attention and expert matrices and AdamW over the rest, or AdamW over all."""
    named = dict(model.named_parameters())
    embedding = [p for n, p in named.items() if "embed_tokens" in n]
    router = [p for n, p in named.items() if n.endswith("gate.weight")]
    norms = [p for p in named.values() if p.dim() == 1]
    others = {id(p) for p in (*embedding, *router, *norms)}
    matrices = [p for p in named.values() if id(p) not in others]
    groups = [
        {"params": embedding, "lr": rates.embedding, "weight_decay": rates.embedding_decay},
        {"params": router, "lr": rates.router, "weight_decay": 0.0},
        {"params": norms, "lr": rates.norm, "weight_decay": 0.0},
    ]
    if kind == "adamw":
        decay = rates.matrix_decay
        return (AdamW([*groups, {"params": matrices, "lr": rates.adamw, "weight_decay": decay}]),)
    return Muon(matrices, rates, run, dtype), AdamW(groups)
