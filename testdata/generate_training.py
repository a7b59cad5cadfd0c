#!/usr/bin/env python3
"""Reference for the trainer: a few AdamW steps of small networks, made by PyTorch.

    python3 testdata/generate_training.py > testdata/training/steps.txt

Each case is a line "case NAME activation batch_norm smoothing teacher_share temperature n_frozen" and then
arrays, each a line "NAME COUNT" with its numbers in the next ("soft", what teachers say at the
temperature, only with a teacher_share). In the last n_frozen steps batch normalization takes its
running statistics for constants. Shapes: 32 rows, 6 inputs, hidden layers of 5 and 4
units, 7 classes. Parameters lie layer after layer: weights (outputs, inputs), bias or shift, and,
where there is batch normalization, scale; the test knows where lib/train/net.c has them.
"""
import torch
import torch.nn.functional as F

ROWS, SIZES, STEPS = 32, [6, 5, 4, 7], 5
RATE, DECAY, EMA = 0.01, 0.1, 0.6
ACTIVATIONS = {
    "relu": F.relu,
    "elu": F.elu,
    "leaky_relu": F.leaky_relu,
    "selu": F.selu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def show(name, values):
    values = torch.as_tensor(values).reshape(-1).tolist()
    print(name, len(values))
    print(" ".join(f"{v:.9g}" for v in values))


def case(name, activation, batch_norm, smoothing, seed, teacher_share=0.0, temperature=1.0, n_frozen=0):
    torch.manual_seed(seed)
    layers = []
    for n_in, n_out, hidden in zip(SIZES[:-1], SIZES[1:], [True, True, False]):
        layer = {"w": torch.randn(n_out, n_in) / n_in**0.5, "b": torch.randn(n_out) * 0.1}
        if batch_norm and hidden:
            layer["s"] = 1 + 0.1 * torch.randn(n_out)
        layers.append({k: v.requires_grad_() for k, v in layer.items()})
    flat = [p for layer in layers for p in layer.values()]
    x = torch.rand(STEPS, ROWS, SIZES[0])
    first = torch.randint(0, SIZES[-1], (STEPS, ROWS))
    second = torch.where(torch.rand(STEPS, ROWS) < 0.3, (first + 3) % SIZES[-1], first)
    weight = 0.5 + torch.rand(STEPS, ROWS)

    soft = torch.softmax(2 * torch.randn(STEPS, ROWS, SIZES[-1]), 2)

    print("case", name, activation, int(batch_norm), smoothing, teacher_share, temperature, n_frozen)
    show("parameters", torch.cat([p.detach().reshape(-1) for p in flat]))
    show("inputs", x)
    show("first", first)
    show("second", second)
    show("weight", weight)
    if teacher_share:
        show("soft", soft)

    optimizer = torch.optim.AdamW(
        [
            {"params": [l["w"] for l in layers], "weight_decay": DECAY},
            {"params": [l[k] for l in layers for k in "bs" if k in l], "weight_decay": 0.0},
        ],
        lr=RATE,
    )
    average = [p.detach().clone() for p in flat]
    stats = [(torch.zeros(n), torch.ones(n)) for n in SIZES[1:-1]]
    losses = []
    for step in range(STEPS):
        decay = min(EMA, (step + 1) / (step + 10))
        h = x[step]
        for i, layer in enumerate(layers):
            h = h @ layer["w"].T
            if "s" in layer:
                if step >= STEPS - n_frozen:
                    mean, var = stats[i]
                else:
                    mean, var = h.mean(0), h.var(0, unbiased=False)
                    stats[i] = (
                        decay * stats[i][0] + (1 - decay) * mean.detach(),
                        decay * stats[i][1] + (1 - decay) * h.var(0, unbiased=True).detach(),
                    )
                h = (h - mean) / torch.sqrt(var + 1e-5) * layer["s"]
            h = h + layer["b"]
            if i + 1 < len(layers):
                h = ACTIVATIONS[activation](h)
        log_p = F.log_softmax(h, 1)
        mask = F.one_hot(first[step], SIZES[-1]).bool() | F.one_hot(second[step], SIZES[-1]).bool()
        log_set = torch.logsumexp(log_p.masked_fill(~mask, float("-inf")), 1)
        loss = (1 - smoothing) * -log_set - smoothing * log_p.mean(1)
        losses.append((-log_set * weight[step]).sum().item())
        if teacher_share:
            log_t = F.log_softmax(h / temperature, 1)
            taught = temperature**2 * -(soft[step] * log_t).sum(1)
            loss = (1 - teacher_share) * loss + teacher_share * taught
        optimizer.zero_grad()
        (loss * weight[step]).mean().backward()
        if step == 0:
            show("gradients", torch.cat([p.grad.reshape(-1) for p in flat]))
        optimizer.step()
        average = [decay * a + (1 - decay) * p.detach() for a, p in zip(average, flat)]
    show("losses", losses)
    show("final", torch.cat([p.detach().reshape(-1) for p in flat]))
    show("average", torch.cat([a.reshape(-1) for a in average]))
    show("stats", torch.cat([t for pair in stats for t in pair]) if batch_norm else [])


for index, activation in enumerate(ACTIVATIONS):
    case(f"{activation}", activation, False, 0.0, index)
    case(f"{activation}-bn", activation, True, 0.0, 10 + index)
case("smoothing", "elu", True, 0.1, 30)
case("distillation", "elu", True, 0.0, 31, teacher_share=0.8, temperature=2.5)
case("frozen", "tanh", True, 0.0, 32, n_frozen=5)
case("frozen-later", "relu", True, 0.0, 33, n_frozen=2)
