import os
import numpy as np
import torch
from matplotlib import pyplot as plt
from pathlib import Path
from torch import save as torch_save
MODEL = "model.pt"
NAME = "chosen.pt"  # @nni.choice("chosen.pt", "other.pt")
x = 1  # @nni.choice(1, 2)
torch.save(x, MODEL)  # W: NNI213 15-20 every trial writes 'model.pt', so trials that run at once overwrite each other's
torch.save(x, f="best.pt")  # W: NNI213 17-26 every trial writes 'best.pt', so trials that run at once overwrite each other's
torch_save(x, "third.pt")  # W: NNI213 15-25 every trial writes 'third.pt', so trials that run at once overwrite each other's
torch.save(x, "model.pt")
np.save("values.npy", x)  # W: NNI213 9-21 every trial writes 'values.npy', so trials that run at once overwrite each other's
plt.savefig("plot.png")  # W: NNI213 13-23 every trial writes 'plot.png', so trials that run at once overwrite each other's
x.savefig("figure.png")  # W: NNI213 11-23 every trial writes 'figure.png', so trials that run at once overwrite each other's
x.save("model.h5")  # W: NNI213 8-18 every trial writes 'model.h5', so trials that run at once overwrite each other's
with open("log.txt", "w") as stream: ...  # W: NNI213 11-20 every trial writes 'log.txt', so trials that run at once overwrite each other's
with open(file="log2.txt", mode="wb") as stream: ...  # W: NNI213 16-26 every trial writes 'log2.txt', so trials that run at once overwrite each other's
with Path("out", "x.txt").open("x") as stream: ...  # W: NNI213 6-26 every trial writes 'out/x.txt', so trials that run at once overwrite each other's
(Path("out") / "y.txt").write_text("")  # W: NNI213 2-23 every trial writes 'out/y.txt', so trials that run at once overwrite each other's
x.to_csv(os.path.join("results", "z.csv"))  # W: NNI213 10-42 every trial writes 'results/z.csv', so trials that run at once overwrite each other's
torch.save(x, NAME)
torch.save(x, f"model-{x}.pt")
torch.save(x, os.path.join(os.environ["NNIC_OUTPUT_DIR"], "model.pt"))
torch.save(x, x)
torch.load("model.pt")
np.load("values.npy")
x.save("draft")
x.save()
open("data.csv")
open("data.csv", "r")
open("data.csv", mode="rb")
open("events.log", "a")
open("/dev/null", "w")
open(x, "w")
Path("in.txt").read_text()
np.save(*x)
x.write_text("not a path.txt")
# ---
# A file that only reports has nothing that varies.
# @nni.report_final_result(1)
open("log.txt", "w")
# ---
from gzip import open
x = 1  # @nni.choice(1, 2)
open("data.gz", "w")
