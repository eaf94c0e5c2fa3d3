from torch import nn
import asyncio
drop = nn.Dropout(0.1)  # @nni.uniform(0, 0.5)  # E: NNI117 27-47 this would replace the result of nn.Dropout(...) with a number
leak = nn.Thing(0.1)  # @nni.normal(0, 0.5)  # E: NNI117 25-44 this would replace the result of nn.Thing(...) with a number
drop = nn.Dropout(
    0.1,  # @nni.uniform(0, 0.5)  # E: NNI117 13-33 a positional argument or element has no name, so it can't be annotated
)
many = [
    1,  # @nni.uniform(0, 5)  # E: NNI117 11-29 a positional argument or element has no name, so it can't be annotated
]
# @nni.uniform(0, 0.5)  # E: NNI117 3-23 this would replace the result of nn.Dropout(...) with a number
drop = nn.Dropout(0.1)
kind = nn.Dropout(0.1)  # @nni.choice(nn.Dropout(0.1), nn.Identity())
value = nn.Dropout(0.1)  # @nni.variable(nni.uniform(0, 0.5), name=value)
rate = 0.1  # @nni.uniform(0, 0.5)
