"""The mixture-of-experts transformer that is trained, with the parameters of Glm4Moe.

The arithmetic is that of transformers' `Glm4MoeForCausalLM` (DeepSeek-V3's expert block on plain
grouped-query attention); only the expert layer is arranged for speed: tokens are sorted by expert
and each expert runs one matrix product over its own contiguous rows. Nothing is dropped.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

INITIAL_SCALE = 0.02
# Larger, so that tokens look different to the routers from the first step on.
EMBEDDING_SCALE = 0.05
LEAST = torch.finfo(torch.float32).tiny  # a probability; its logarithm is -87


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of the model; the defaults are those of the bundled one.

    `shared` experts are one block of their joint width; without routed `experts` that block is the
    feed-forward layer of a dense model.
    """

    vocabulary: int = 8_192
    width: int = 256
    layers: int = 7
    heads: int = 4
    kv_heads: int = 2
    head_size: int = 64
    experts: int = 16
    chosen: int = 2
    shared: int = 1
    expert_width: int = 256
    positions: int = 4_096
    rope_base: float = 10_000.0
    epsilon: float = 1e-5

    def active_matrix_parameters(self) -> int:
        """Weights that one token is multiplied with, the tied output head included."""
        attention = self.width * self.head_size * (2 * self.heads + 2 * self.kv_heads)
        chosen = self.chosen if self.experts else 0
        experts = (chosen + self.shared) * 3 * self.width * self.expert_width
        router = self.experts * self.width
        return self.layers * (attention + experts + router) + self.vocabulary * self.width

    def training_flop_per_token(self, length: int) -> float:
        """Forward and backward, causal attention counted at half the square (PaLM, app. B)."""
        attention = self.layers * self.heads * self.head_size * length
        return 6.0 * (self.active_matrix_parameters() + attention)

    def as_dict(self) -> dict[str, int | float]:
        """Plain values, for checkpoints and logs."""
        return asdict(self)


class Linear(nn.Linear):
    """Linear map whose fp32 master weight is cast to the type of its input."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Map x (..., inputs) to (..., outputs)."""
        return functional.linear(x, self.weight.to(x.dtype))


class RMSNorm(nn.Module):
    """Root-mean-square normalisation (Zhang and Sennrich 2019)."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last dimension of x."""
        return functional.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


def rope_tables(shape: Shape, length: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine of shape (length, head_size), half-split as in transformers."""
    half = torch.arange(0, shape.head_size, 2, dtype=torch.float32) / shape.head_size
    angles = torch.outer(torch.arange(length, dtype=torch.float32), shape.rope_base**-half)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary position embedding of x (batch, heads, length, head_size)."""
    low, high = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-high, low), dim=-1) * sine


class Attention(nn.Module):
    """Grouped-query attention with rotary positions (Ainslie et al. 2023)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
        self.q_proj = Linear(shape.width, queries)
        self.k_proj = Linear(shape.width, keys)
        self.v_proj = Linear(shape.width, keys)
        self.o_proj = Linear(queries, shape.width)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        """Mix x (batch, length, width) over earlier positions; without a mask, causally."""
        batch, length, _ = x.shape
        q, k, v = (
            projection(x).view(batch, length, -1, self.shape.head_size).transpose(1, 2)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = rotate(q, *rope), rotate(k, *rope)
        groups = self.shape.heads // self.shape.kv_heads
        k, v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
        if mask is not None and mask.is_floating_point():
            mixed = attention_in_blocks(q, k, v, mask)
        else:
            mixed = functional.scaled_dot_product_attention(
                q, k, v, attn_mask=mask, is_causal=mask is None
            )
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))


def attention_in_blocks(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, size: int = 256) -> Tensor:
    """Causal attention of (batch, heads, length, head_size), a block of queries at a time.

    `mask` is added to the scores. For a processor in bfloat16, where it takes half the time of
    torch's: products are as fast as anything there, and what lies ahead is not computed.
    """
    q = q * q.shape[-1] ** -0.5
    mixed: list[Tensor] = []
    for start in range(0, q.shape[2], size):
        end = min(start + size, q.shape[2])
        scores = q[:, :, start:end] @ k[:, :, :end].mT + mask[:, :, start:end, :end]
        mixed.append(scores.softmax(dim=-1) @ v[:, :, :end])
    return torch.cat(mixed, dim=2)


class SharedExpert(nn.Module):
    """The SwiGLU block that every token passes."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        inner = shape.shared * shape.expert_width
        self.gate_proj = Linear(shape.width, inner)
        self.up_proj = Linear(shape.width, inner)
        self.down_proj = Linear(inner, shape.width)

    def forward(self, x: Tensor) -> Tensor:
        """Map x (tokens, width) to the same shape."""
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


@dataclass(frozen=True, slots=True)
class Route:
    """What one layer's router did with a pass.

    `scores` (tokens, experts); `bias` (experts,) that it chose with; `counts` tokens an expert.
    """

    scores: Tensor
    bias: Tensor
    counts: Tensor


class Router(nn.Module):
    """Sigmoid gate; a bias that is no parameter steers the choice (arXiv 2408.15664).

    The bias only changes which experts are chosen, never their weights. In training every pass
    chooses with the bias that balances it, and our loop moves the stored bias, which inference
    uses, towards that one. There is no balancing loss.
    """

    e_score_correction_bias: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.chosen = shape.chosen
        self.weight = nn.Parameter(torch.empty(shape.experts, shape.width))
        self.register_buffer("e_score_correction_bias", torch.zeros(shape.experts))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Route]:
        """Map x (tokens, width) to weights and experts, both (tokens, chosen), and the route."""
        scores = functional.linear(x.float(), self.weight.float()).sigmoid()
        with torch.no_grad():
            bias = self.e_score_correction_bias
            if self.training:
                bias = balanced_bias(scores, bias, self.chosen)
            experts = (scores + bias).topk(self.chosen, dim=-1, sorted=False).indices
            counts = loads(experts, len(bias))
        weights = scores.gather(1, experts)
        weights = weights / (weights.sum(dim=-1, keepdim=True) + 1e-20)
        return weights, experts, Route(scores.detach(), bias, counts)


def loads(chosen: Tensor, experts: int) -> Tensor:
    """How often each expert was chosen, (experts,); `bincount` would wait for a GPU."""
    ones = torch.ones_like(chosen).view(-1)
    return torch.zeros(experts, dtype=ones.dtype, device=ones.device).scatter_add_(
        0, chosen.reshape(-1), ones
    )


def balanced_bias(scores: Tensor, bias: Tensor, chosen: int, rounds: int = 16) -> Tensor:
    """The bias under which `scores` (tokens, experts) load all experts about equally.

    Dual ascent on the assignment problem behind auxiliary-loss-free balancing (Sun 2025, "Binary
    integer programming based algorithm for expert load balancing"): the step starts at the spread
    of the scores between tokens and shrinks. A nudge of fixed size after each step, the usual way,
    oscillates early in training, when all tokens look alike to the router.
    """
    step = scores.std(dim=0).mean()
    for _ in range(rounds):
        experts = (scores + bias).topk(chosen, dim=-1, sorted=False).indices
        load = loads(experts, len(bias)).float()
        bias = bias + step * (1.0 - load / load.mean()).clamp(-1.0, 1.0)
        step = 0.8 * step
    return bias - bias.mean()


class Experts(nn.Module):
    """Routed experts: `gate_up_proj` (experts, 2*inner, width), `down_proj` (.., width, inner)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        experts, inner, width = shape.experts, shape.expert_width, shape.width
        self.gate_up_proj = nn.Parameter(torch.empty(experts, 2 * inner, width))
        self.down_proj = nn.Parameter(torch.empty(experts, width, inner))

    def forward(self, x: Tensor, counts: Tensor) -> Tensor:
        """Map x (rows, width), sorted by expert, `counts` rows each, to the same shape."""
        if x.is_cuda and x.dtype == torch.bfloat16:
            return self.grouped(x, counts)
        return self.one_by_one(x, counts.tolist())

    def grouped(self, x: Tensor, counts: Tensor) -> Tensor:
        """All experts in one call, and no word to the host: for a GPU, in bfloat16."""
        ends = counts.cumsum(0).to(torch.int32)
        weights = (w.to(x.dtype).transpose(1, 2) for w in (self.gate_up_proj, self.down_proj))
        up, down = weights
        gate, value = functional.grouped_mm(x, up, offs=ends).chunk(2, dim=-1)
        return functional.grouped_mm(functional.silu(gate) * value, down, offs=ends)

    def one_by_one(self, x: Tensor, counts: list[int]) -> Tensor:
        """One product an expert: on a processor nothing is faster."""
        # unbind, not indexing: its gradient is one stack in place of a full zero tensor an expert.
        gate_up = self.gate_up_proj.to(x.dtype).unbind()
        down = self.down_proj.to(x.dtype).unbind()
        parts = x.split(counts)
        hidden = torch.cat([p @ w.t() for p, w in zip(parts, gate_up, strict=True)])
        gate, up = hidden.chunk(2, dim=-1)
        inner = (functional.silu(gate) * up).split(counts)
        return torch.cat([p @ w.t() for p, w in zip(inner, down, strict=True)])


class MixtureOfExperts(nn.Module):
    """The chosen routed experts, plus the shared one where the shape has it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.gate = Router(shape)
        self.experts = Experts(shape)
        self.shared_experts = SharedExpert(shape) if shape.shared else None

    def forward(self, x: Tensor, routes: list[Route]) -> Tensor:
        """Map x (batch, length, width) to the same shape; append the routing to `routes`."""
        flat = x.reshape(-1, x.shape[-1])
        weights, experts, route = self.gate(flat)
        order = experts.view(-1).argsort(stable=True)
        routes.append(route)
        tokens = order // self.shape.chosen
        mixed = self.experts(flat.index_select(0, tokens), route.counts)
        mixed = mixed * weights.view(-1).index_select(0, order).unsqueeze(-1).to(mixed.dtype)
        routed = torch.zeros_like(flat).index_add(0, tokens, mixed)
        shared = self.shared_experts(flat) if self.shared_experts else 0
        return (routed + shared).view_as(x)


class Layer(nn.Module):
    """Pre-norm attention and mixture of experts, or a dense block where there are no experts."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.mlp = MixtureOfExperts(shape) if shape.experts else SharedExpert(shape)
        self.input_layernorm = RMSNorm(shape.width, shape.epsilon)
        self.post_attention_layernorm = RMSNorm(shape.width, shape.epsilon)

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor | None, routes: list[Route]
    ) -> Tensor:
        """Map x (batch, length, width) to the same shape."""
        x = x + self.self_attn(self.input_layernorm(x), rope, mask)
        normed = self.post_attention_layernorm(x)
        if isinstance(self.mlp, MixtureOfExperts):
            return x + self.mlp(normed, routes)
        return x + self.mlp(normed)


class MoeTransformer(nn.Module):
    """Token ids (batch, length) to final hidden states; the output head is the embedding."""

    def __init__(self, shape: Shape, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.shape = shape
        self.dtype = dtype
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.width, shape.epsilon)

    def initialise(self, seed: int) -> None:
        """Normal weights; what writes into the residual stream is scaled by depth (GPT-2)."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.dim() < 2:
                continue
            into_residual = name.endswith(("o_proj.weight", "down_proj", "down_proj.weight"))
            depth = (2 * self.shape.layers) ** -0.5 if into_residual else 1.0
            scale = EMBEDDING_SCALE if name.startswith("embed") else INITIAL_SCALE * depth
            with torch.no_grad():
                parameter.normal_(0.0, scale, generator=generator)

    def forward(
        self, tokens: Tensor, segments: Tensor | None = None, routes: list[Route] | None = None
    ) -> Tensor:
        """Map token ids to hidden states (batch, length, width); attend within segments.

        `routes` collects one entry a layer.
        """
        routes = [] if routes is None else routes
        rope = rope_tables(self.shape, tokens.shape[1])
        x = self.embed_tokens(tokens).to(self.dtype)
        rope = (rope[0].to(x), rope[1].to(x))
        mask = None if segments is None else segment_mask(segments)
        if mask is not None and x.dtype == torch.bfloat16 and not x.is_cuda:
            mask = torch.zeros_like(mask, dtype=x.dtype).masked_fill_(~mask, -torch.inf)
        for layer in self.layers:
            x = layer(x, rope, mask, routes)
        return self.norm(x)

    def logits(self, tokens: Tensor) -> Tensor:
        """Map token ids (batch, length) to logits (batch, length, vocabulary)."""
        hidden = self.forward(tokens)
        return functional.linear(hidden, self.embed_tokens.weight.to(hidden.dtype))

    def working_copy(self) -> "MoeTransformer":
        """Return a model whose matrices have the type that is computed in; see `refresh`.

        Casting them once a step, not once a pass, saves a tenth of a pass. Routers stay in single
        precision, and the biases that choose experts are this model's own tensors.
        """
        copy = MoeTransformer(self.shape, self.dtype).to(self.embed_tokens.weight.device)
        for name, parameter in copy.named_parameters():
            if parameter.dim() > 1 and not name.endswith("gate.weight"):
                parameter.data = parameter.data.to(self.dtype)
        for ours, theirs in zip(self.mixtures(), copy.mixtures(), strict=True):
            theirs.gate.e_score_correction_bias = ours.gate.e_score_correction_bias
        return copy

    @torch.no_grad()
    def refresh(self, copy: "MoeTransformer") -> None:
        """Give a working copy these weights and this mode."""
        copy.train(self.training)
        for ours, theirs in zip(self.parameters(), copy.parameters(), strict=True):
            theirs.copy_(ours)

    def mixtures(self) -> list[MixtureOfExperts]:
        """Return the expert layers, first to last."""
        return [module for module in self.modules() if isinstance(module, MixtureOfExperts)]


def segment_mask(segments: Tensor) -> Tensor:
    """Causal attention within segments: (batch, length) to (batch, 1, length, length), boolean."""
    length = segments.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
    return ((segments[:, :, None] == segments[:, None, :]) & causal).unsqueeze(1)


class TiedCrossEntropy(torch.autograd.Function):
    """Summed cross-entropy of a tied head, chunk by chunk, its gradient made on the way.

    Logits of all tokens at once would be the largest tensor of the step; a chunk stays in cache.
    """

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: torch.autograd.function.FunctionCtx,
        hidden: Tensor,
        weight: Tensor,
        targets: Tensor,
        chunk: int,
    ) -> Tensor:
        """Sum the loss of hidden (tokens, width) against targets (tokens,)."""
        grad_hidden = torch.empty_like(hidden)
        grad_weight = torch.zeros_like(weight, dtype=torch.float32)
        cast = weight.to(hidden.dtype)
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        for start in range(0, len(targets), chunk):
            part, goal = hidden[start : start + chunk], targets[start : start + chunk, None]
            # Softmax reckons in single precision and rounds once, to what the products take.
            grad_logits = (part @ cast.t()).softmax(dim=-1)
            right = grad_logits.gather(1, goal)
            total -= right.float().clamp_min(LEAST).log().sum()
            grad_logits.scatter_(1, goal, right - 1)
            grad_hidden[start : start + chunk] = grad_logits @ cast
            grad_weight += grad_logits.t() @ part
        ctx.save_for_backward(grad_hidden, grad_weight)
        return total

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: torch.autograd.function.FunctionCtx, grad: Tensor
    ) -> tuple[Tensor, Tensor, None, None]:
        """Scale the gradients that the forward pass made."""
        grad_hidden, grad_weight = ctx.saved_tensors  # pyright: ignore[reportAttributeAccessIssue]
        return grad_hidden * grad, grad_weight * grad, None, None


def summed_loss(
    model: MoeTransformer,
    tokens: Tensor,
    targets: Tensor,
    segments: Tensor,
    chunk: int | None = None,
) -> tuple[Tensor, list[Route]]:
    """Summed next-token loss in nats over the positions that `targets` marks, and the routing.

    The three tensors have shape (batch, length + 1). Logits are made for `chunk` positions at a
    time: so many as stay in a processor's cache, or as fill a GPU.
    """
    chunk = chunk or (16_384 if tokens.is_cuda else 512)
    routes: list[Route] = []
    hidden = model(tokens[:, :-1], segments[:, :-1], routes)
    counted = targets[:, 1:]
    goals = tokens[:, 1:][counted].long()
    loss: Tensor = TiedCrossEntropy.apply(  # pyright: ignore[reportAssignmentType]
        hidden[counted], model.embed_tokens.weight, goals, chunk
    )
    return loss, routes
