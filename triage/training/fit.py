"""The training loop: data in, a trained network out. It can be killed at any moment and goes on where it last saved."""

from __future__ import annotations

import json
import math
import random
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from triage.model.windows import Cutter, Window, pad
from triage.scales import Severity
from triage.training.network import LEVELS, Network, Output
from triage.training.saved_state import save_state, saved_step, take_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from triage.training.examples import Example


HELD_EVERY = 4
"""Sentence embeddings of every fourth example are held: to read where all lie took as long as a third of a round."""
READ_TOKENS = 2048
"""Read at once where nothing is learnt: what fits a processor's cache; eight times as many took 1.7 times as long."""


@dataclass(frozen=True)
class Recipe:
    """Everything that can be set about training, in one place."""

    seed: int = 1
    epochs: int = 3
    batch_tokens: int = 2048
    lora_rank: int = 0
    """0 trains the whole encoder but its word embeddings."""
    frozen_layers: int = 0
    """So many of the lowest layers stay as they are: a large encoder learns faster so."""
    encoder_rate: float = 8e-5
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.06
    """Share of the steps in which the rate rises."""
    dropout: float = 0.1
    label_smoothing: float = 0.02
    misinformation_weight: float = 1.0
    keep_embedding: float = 0.3
    """How strongly sentence embeddings are held where the base encoder puts them (myths and resources use them)."""
    unread_words: float = 0.08
    """Share of the tokens that each step leaves unread, by chance: no single word is to be leant on (word dropout)."""
    kept_share: float = 0.5
    """Where a model goes on learning: share of the new weights in the mean of old and new that is kept, so that it
    forgets less of what it does not see again (Wortsman et al., Robust fine-tuning of zero-shot models, 2022)."""
    save_every: int = 100
    """Steps between two saved states."""
    own_share: float = 1.0
    """Share of our corpus, or of the data that were given instead, that is learnt from."""
    real_share: float = 1.0
    """Share of the real posts that is learnt from, where there are any."""
    start: str = ""
    """SHA-256 of the manifest of the model that goes on learning; empty for an encoder as it came."""


def device() -> torch.device:
    """Return the GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def quick_arithmetic(where: torch.device) -> torch.autocast:
    """Multiply matrices in bfloat16 where the machine does so in hardware; weights and sums stay in float32."""
    has_units = where.type == "cuda" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return torch.autocast(where.type, dtype=torch.bfloat16, enabled=has_units)


def new_network(encoder: Path, recipe: Recipe, start: Mapping[str, Tensor] | None = None) -> Network:
    """Make a network whose encoder learns by low-rank adapters, or as a whole.

    ``start`` holds the weights of a whole network to go on from, named as ``triage.model.release`` names them.
    """
    torch.manual_seed(recipe.seed)
    network = Network(encoder, dropout=recipe.dropout)
    if start is not None:
        load_whole(network, start)
    if recipe.lora_rank:
        from peft import LoraConfig, get_peft_model  # it takes seconds, and few runs need it

        adapters = LoraConfig(
            r=recipe.lora_rank,
            lora_alpha=recipe.lora_rank,
            lora_dropout=0.05,
            target_modules=["query", "key", "value", "dense"],
            exclude_modules=r".*pooler.*",
        )
        network.encoder = get_peft_model(network.encoder, adapters)
    else:
        for name, weight in network.encoder.named_parameters():
            weight.requires_grad_(not _is_frozen(name, recipe.frozen_layers))
    for name, weight in network.encoder.named_parameters():
        if "pooler" in name:
            weight.requires_grad_(False)
    return network


def _is_frozen(name: str, layers: int) -> bool:
    layer = re.search(r"layer\.(\d+)\.", name)
    if layer is None:
        return "word_embeddings" in name or "position" in name or layers > 0
    return int(layer[1]) < layers


def name_in_network(name: str) -> str:
    """Return how the network calls a weight of a release: those of the encoder lie below ``encoder``."""
    return name if name.startswith("head.") else f"encoder.{name}"


def load_whole(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Put the weights of a whole network in place: those of the encoder by their own names, the head as ``head.*``."""
    network.load_state_dict({name_in_network(name): value for name, value in weights.items()}, strict=False)


@torch.no_grad()
def blend(network: Network, start: Mapping[str, Tensor], share: float) -> None:
    """Put what was learnt at ``share`` of the way from the weights that training started from."""
    before = {name_in_network(name): value for name, value in start.items()}
    for name, weight in network.named_parameters():
        if name in before:
            weight.lerp_(before[name].to(weight.device), 1 - share)


@dataclass(frozen=True)
class Material:
    """Examples as the loop needs them."""

    windows: list[list[Window]]
    """The windows of each example."""
    targets: Tensor
    """float32[n, 4]: the three levels and misinformation."""
    known: Tensor
    """float32[n, 4]: weight of each target; 0 where it is unknown."""

    @property
    def lengths(self) -> list[int]:
        """Tokens of each example, over all of its windows."""
        return [sum(len(window.ids) for window in windows) for windows in self.windows]


def prepare(examples: Sequence[Example], cutter: Cutter) -> Material:
    """Cut the posts and lay out what is known of them."""
    windows = [cutter.cut([example.post]) for example in examples]
    targets, known = torch.zeros(len(examples), LEVELS + 1), torch.zeros(len(examples), LEVELS + 1)
    for row, example in enumerate(examples):
        if example.taught is not None:
            targets[row], known[row] = torch.tensor(example.taught), example.weight
            continue
        for level in range(LEVELS):
            threshold = Severity(level + 1)
            if example.severity is not None:
                targets[row, level], known[row, level] = float(example.severity >= threshold), example.weight
            elif example.severity_at_most is not None and example.severity_at_most < threshold:
                known[row, level] = example.weight
        if example.misinformation is not None:
            targets[row, LEVELS], known[row, LEVELS] = float(example.misinformation), example.weight
    return Material(windows, targets, known)


def judge(
    network: Network, windows: Sequence[list[Window]], where: torch.device, *, unread_words: float = 0.0
) -> Output:
    """Judge whole posts: of the windows of one, the most alarming speaks for each level."""
    flat = [window for own in windows for window in own]
    batch = pad(flat)
    ids, mask, types = (torch.from_numpy(part) for part in (batch.ids, batch.mask, batch.types))
    if unread_words:
        mask[:, 1:] *= torch.rand(mask[:, 1:].shape) >= unread_words
    output = network(ids.to(where), mask.to(where), types.to(where))
    owner = torch.tensor([index for index, own in enumerate(windows) for _ in own], device=where)
    logits = torch.cat([output.severity, output.misinformation[:, None]], dim=1)
    best = torch.full((len(windows), LEVELS + 1), -torch.inf, device=where)
    best = best.scatter_reduce(0, owner[:, None].expand_as(logits), logits, "amax")
    return Output(best[:, :LEVELS], best[:, LEVELS], output.embedding)


def plan_batches(lengths: Sequence[int], tokens: int, seed: int) -> list[list[int]]:
    """Group examples of similar length into batches of about so many tokens, in random order."""
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    order = sorted(range(len(lengths)), key=lambda index: lengths[index] * chance.uniform(0.9, 1.1))
    batches: list[list[int]] = []
    current: list[int] = []
    for index in order:
        if current and lengths[index] * (len(current) + 1) > tokens:
            batches.append(current)
            current = []
        current.append(index)
    batches.append(current)
    chance.shuffle(batches)
    return batches


def fit(
    network: Network,
    material: Material,
    recipe: Recipe,
    *,
    progress: Callable[[int, int, float], None] = lambda *_: None,
    resume_in: Path | None = None,
) -> None:
    """Train the network in place. With ``resume_in`` the state is saved there and taken up again from there."""
    where = device()
    network.to(where)
    plan = [
        batch for epoch in range(recipe.epochs)
        for batch in plan_batches(material.lengths, recipe.batch_tokens, recipe.seed * 1000 + epoch)
    ]  # fmt: skip
    run = name_of_run(network, recipe, material)
    first = saved_step(resume_in, run) if resume_in else 0
    held = sorted({row for rows in plan[first:] for row in rows if row % HELD_EVERY == 0})
    anchors = base_embeddings(network, material, where, held) if recipe.keep_embedding and held else {}
    optimiser, schedule = _optimiser(network, recipe, steps=len(plan))
    # Batches hold many short posts or few long ones; every post is to count the same.
    share = len(material.windows) * recipe.epochs / len(plan)
    if resume_in and first:
        take_up(resume_in, network, optimiser, schedule, first)
    network.train()
    for step in range(first, len(plan)):
        torch.manual_seed(recipe.seed * 1_000_003 + step)
        rows = plan[step]
        with quick_arithmetic(where):
            output = judge(network, [material.windows[row] for row in rows], where, unread_words=recipe.unread_words)
        loss = loss_of(output, material.targets[rows].to(where), material.known[rows].to(where), recipe) / share
        if wanted := [anchors[row] for row in rows if row in anchors]:
            is_held = torch.tensor([row in anchors for row in rows for _ in material.windows[row]], device=where)
            alike = (output.embedding[is_held] * torch.cat(wanted).to(where)).sum(1)
            loss = loss + recipe.keep_embedding * (1 - alike).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        progress(step + 1, len(plan), loss.item())
        if resume_in and (step + 1) % recipe.save_every == 0:
            save_state(resume_in, network, optimiser, run, step + 1)
    network.eval()


def name_of_run(network: Network, recipe: Recipe, material: Material) -> str:
    """Name what a network that has not learnt yet will learn and how, so that the same run alone takes up its state."""
    tokens = [[window.ids for window in windows] for windows in material.windows]
    learnt = sha256(json.dumps([asdict(recipe), tokens]).encode())
    for values in (material.targets, material.known, *network.state_dict().values()):
        learnt.update(values.detach().cpu().numpy().tobytes())
    return learnt.hexdigest()


def loss_of(output: Output, targets: Tensor, known: Tensor, recipe: Recipe) -> Tensor:
    """Return the binary cross-entropy of what is known, added up over posts, as the mean over outputs."""
    logits = torch.cat([output.severity, output.misinformation[:, None]], dim=1)
    smooth = targets * (1 - 2 * recipe.label_smoothing) + recipe.label_smoothing
    each = functional.binary_cross_entropy_with_logits(logits, smooth, reduction="none")
    weight = known * torch.tensor([1.0] * LEVELS + [recipe.misinformation_weight], device=known.device)
    return (each * weight).sum() / weight.shape[1]


@torch.no_grad()
def base_embeddings(
    network: Network, material: Material, where: torch.device, needed: Sequence[int]
) -> dict[int, Tensor]:
    """Return float16[windows, width] for each example that is needed: where the encoder puts it before it learns."""
    network.eval()
    found: dict[int, Tensor] = {}
    lengths = material.lengths
    for places in plan_batches([lengths[row] for row in needed], READ_TOKENS, 0):
        rows = [needed[place] for place in places]
        with quick_arithmetic(where):
            embedding = judge(network, [material.windows[row] for row in rows], where).embedding.half().cpu()
        sizes = [len(material.windows[row]) for row in rows]
        found |= dict(zip(rows, embedding.split(sizes), strict=True))
    return found


def _optimiser(
    network: Network, recipe: Recipe, *, steps: int
) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.LambdaLR]:
    encoder = [weight for weight in network.encoder.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": encoder, "lr": recipe.encoder_rate},
            {"params": list(network.head.parameters()), "lr": recipe.head_rate},
        ],
        weight_decay=recipe.weight_decay,
    )
    rise = max(1, round(steps * recipe.warm_up))

    def share(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, share)
