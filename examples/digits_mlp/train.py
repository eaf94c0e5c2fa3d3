"""A small network on scikit-learn's digits, annotated as NNI scripts are: with strings.

python train.py                    trains with the values below
nnic run train.py                  searches for better ones
python train.py --held-out         prints the accuracy on data that no search has seen
"""

import argparse

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, train_test_split
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=0)
parser.add_argument(
    "--held-out", action="store_true", help="train on all but the held-out data, and report on it"
)
args = parser.parse_args()

"""@nni.get_next_parameter()"""

"""@nni.variable(nni.choice(32, 64, 100, 200, 400), name=hidden)"""
hidden = 100
"""@nni.variable(nni.uniform(0.0, 0.6), name=dropout)"""
dropout = 0.5
"""@nni.variable(nni.choice(16, 32, 64, 128), name=batch_size)"""
batch_size = 32
"""@nni.variable(nni.loguniform(1e-4, 3e-2), name=lr)"""
lr = 1e-3
"""@nni.variable(nni.loguniform(1e-6, 1e-1), name=weight_decay)"""
weight_decay = 1e-2
epochs = 15

torch.set_num_threads(1)  # the network is too small to gain from more

digits, labels = load_digits(return_X_y=True)
inputs = torch.tensor(digits / 16.0, dtype=torch.float32)
targets = torch.tensor(labels)
rest, held_out = train_test_split(np.arange(len(labels)), test_size=0.25, stratify=labels, random_state=0)
if args.held_out:
    folds = [(rest, held_out)]
else:
    splitter = StratifiedKFold(3, shuffle=True, random_state=args.seed)
    folds = [(rest[fit], rest[check]) for fit, check in splitter.split(rest, labels[rest])]

accuracies = []
for fold, (fit, check) in enumerate(folds):
    torch.manual_seed(args.seed + fold)
    model = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 10))
    """@nni.function_choice(
        torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay),
        torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay),
        torch.optim.RMSprop(model.parameters(), lr=lr, weight_decay=weight_decay),
        name=optimizer)"""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    model.train()
    for _ in range(epochs):
        order = torch.tensor(fit)[torch.randperm(len(fit))]
        for batch in order.split(batch_size):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        predicted = model(inputs[check]).argmax(1)
    accuracies.append((predicted == targets[check]).float().mean().item())
    """@nni.report_intermediate_result(accuracies[-1])"""

accuracy = sum(accuracies) / len(accuracies)
"""@nni.report_final_result(accuracy)"""
print(f"accuracy {accuracy:.4f}")
