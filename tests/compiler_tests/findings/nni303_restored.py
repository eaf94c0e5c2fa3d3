import torch
from torch.optim import AdamW
lr = 0.1  # @nni.loguniform(1e-4, 1)
decay = 0.1
folder = "state"  # @nni.checkpoint()
opt = torch.optim.SGD(weights, lr=lr, weight_decay=decay)
other = AdamW(weights, lr)
plain = AdamW(weights, lr=0.1)
annotated = AdamW(weights, weight_decay=0.1)  # @nni.uniform(0, 1, name=weight_decay)
state = torch.load(folder)
model.load_state_dict(state["model"])
opt.load_state_dict(state["opt"])  # N: NNI303 1-34 the loaded state brings back the lr of the trial that saved it, so a value that pbt has changed has no effect; set it again after this line, for example: for group in opt.param_groups: group['lr'] = ...
other.load_state_dict(state["other"])  # N: NNI303 1-38 the loaded state brings back the lr of the trial that saved it, so a value that pbt has changed has no effect; set it again after this line, for example: for group in other.param_groups: group['lr'] = ...
plain.load_state_dict(state["plain"])
annotated.load_state_dict(state["annotated"])  # N: NNI303 1-46 the loaded state brings back the weight_decay of the trial that saved it, so a value that pbt has changed has no effect; set it again after this line, for example: for group in annotated.param_groups: group['weight_decay'] = ...
# ---
import torch
lr = 0.1  # @nni.loguniform(1e-4, 1)
folder = "state"  # @nni.checkpoint()
opt = torch.optim.SGD(weights, lr=lr)
opt.load_state_dict(torch.load(folder))
for group in opt.param_groups:
    group["lr"] = lr
# ---
import torch
lr = 0.1  # @nni.loguniform(1e-4, 1)
opt = torch.optim.SGD(weights, lr=lr)
opt.load_state_dict(torch.load("pretrained"))
