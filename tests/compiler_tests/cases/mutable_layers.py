from ops import conv, pool
a, b = 1, 2
'''@nni.mutable_layers(
    {layer_choice: [conv(size=3), pool()], fixed_inputs: [a], optional_inputs: [a, b],
     optional_input_size: [0, 1], layer_output: y},
    {layer_choice: [conv(size=nni.randint(1, 9))], layer_output: z})'''
def forward(x):
    # @nni.mutable_layers({layer_choice: [conv(size=3), pool()], fixed_inputs: [x], layer_output: x})
    return x
# output
import nnic.runtime.trial as __nnic__; from ops import conv, pool
a, b = 1, 2
'''@nni.mutable_layers(
    {layer_choice: [conv(size=3), pool()], fixed_inputs: [a], optional_inputs: [a, b],
     optional_input_size: [0, 1], layer_output: y},
    {layer_choice: [conv(size=nni.randint(1, 9))], layer_output: z})'''; __nnic__.has('case/mutable_block_6/mutable_layer_0/layer_choice') and (y := (conv([[a], [] if __nnic__.is_('case/mutable_block_6/mutable_layer_0/optional_inputs', 0) else [a] if __nnic__.is_('case/mutable_block_6/mutable_layer_0/optional_inputs', 1) else [b] if __nnic__.is_('case/mutable_block_6/mutable_layer_0/optional_inputs', 2) else __nnic__.get('case/mutable_block_6/mutable_layer_0/optional_inputs')], size=3) if __nnic__.is_('case/mutable_block_6/mutable_layer_0/layer_choice', 0) else pool([[a], [] if __nnic__.is_('case/mutable_block_6/mutable_layer_0/optional_inputs', 0) else [a] if __nnic__.is_('case/mutable_block_6/mutable_layer_0/optional_inputs', 1) else [b] if __nnic__.is_('case/mutable_block_6/mutable_layer_0/optional_inputs', 2) else __nnic__.get('case/mutable_block_6/mutable_layer_0/optional_inputs')]) if __nnic__.is_('case/mutable_block_6/mutable_layer_0/layer_choice', 1) else __nnic__.get('case/mutable_block_6/mutable_layer_0/layer_choice'))); __nnic__.has('case/mutable_block_6/mutable_layer_1/layer_choice') and (z := (conv([[], []], size=__nnic__.get('case/mutable_block_6/mutable_layer_1/layer_choice/0/size/randint')) if __nnic__.is_('case/mutable_block_6/mutable_layer_1/layer_choice', 0) else __nnic__.get('case/mutable_block_6/mutable_layer_1/layer_choice')))
def forward(x):
    __nnic__.has('case/mutable_block_8/mutable_layer_0/layer_choice') and (x := (conv([[x], []], size=3) if __nnic__.is_('case/mutable_block_8/mutable_layer_0/layer_choice', 0) else pool([[x], []]) if __nnic__.is_('case/mutable_block_8/mutable_layer_0/layer_choice', 1) else __nnic__.get('case/mutable_block_8/mutable_layer_0/layer_choice')))  # @nni.mutable_layers({layer_choice: [conv(size=3), pool()], fixed_inputs: [x], layer_output: x})
    return x
# space
# 3:5 case/mutable_block_6/mutable_layer_0/layer_choice = choice('conv(size=3)', 'pool()') default ?
# 3:5 case/mutable_block_6/mutable_layer_0/optional_inputs = choice('[]', '[a]', '[b]') default ?
# 3:5 case/mutable_block_6/mutable_layer_1/layer_choice = choice('conv(size=...)') default ?
# 6:31 case/mutable_block_6/mutable_layer_1/layer_choice/0/size/randint = randint(1, 9) default ? if case/mutable_block_6/mutable_layer_1/layer_choice is 0
# 8:8 case/mutable_block_8/mutable_layer_0/layer_choice = choice('conv(size=3)', 'pool()') default ?
