from m import SGD, Adam, p

# @nni.function_choice(SGD(p, lr=nni.loguniform(1e-3, 1.0), momentum=nni.choice(0.9, nni.uniform(0, 0.5))),
#                      Adam(p, nni.loguniform(1e-5, 1e-2)), name=optimizer)
optimizer = SGD(p, lr=0.1, momentum=0.9)
width = 8  # @nni.choice(8, 2 * nni.randint(1, 9), {"a": [nni.uniform(0, 1)]})
# output
import nnic.runtime.trial as __nnic__; from m import SGD, Adam, p

# @nni.function_choice(SGD(p, lr=nni.loguniform(1e-3, 1.0), momentum=nni.choice(0.9, nni.uniform(0, 0.5))),
#                      Adam(p, nni.loguniform(1e-5, 1e-2)), name=optimizer)
optimizer = (SGD(p, lr=__nnic__.get('case/optimizer/function_choice/0/lr/loguniform'), momentum=0.9 if __nnic__.is_('case/optimizer/function_choice/0/momentum/choice', 0) else __nnic__.get('case/optimizer/function_choice/0/momentum/choice/1/uniform') if __nnic__.is_('case/optimizer/function_choice/0/momentum/choice', 1) else __nnic__.get('case/optimizer/function_choice/0/momentum/choice')) if __nnic__.is_('case/optimizer/function_choice', 0) else Adam(p, __nnic__.get('case/optimizer/function_choice/1/1/loguniform')) if __nnic__.is_('case/optimizer/function_choice', 1) else (SGD(p, lr=0.1, momentum=0.9)))
width = (8 if __nnic__.is_('case/width/choice', 0) else (2 * __nnic__.get('case/width/choice/1/right/randint')) if __nnic__.is_('case/width/choice', 1) else {'a': [__nnic__.get('case/width/choice/2/a.0/uniform')]} if __nnic__.is_('case/width/choice', 2) else (8))  # @nni.choice(8, 2 * nni.randint(1, 9), {"a": [nni.uniform(0, 1)]})
# space
# 5:13 case/optimizer/function_choice = choice('SGD(p, lr=..., momentum=...)', 'Adam(p, ...)') default 'SGD(p, lr=..., momentum=...)'
# 3:34 case/optimizer/function_choice/0/lr/loguniform = loguniform(0.001, 1.0) default 0.1 if case/optimizer/function_choice is 0
# 3:70 case/optimizer/function_choice/0/momentum/choice = choice(0.9, '...') default 0.9 if case/optimizer/function_choice is 0
# 3:86 case/optimizer/function_choice/0/momentum/choice/1/uniform = uniform(0, 0.5) default ? if case/optimizer/function_choice/0/momentum/choice is 1
# 4:32 case/optimizer/function_choice/1/1/loguniform = loguniform(1e-05, 0.01) default ? if case/optimizer/function_choice is 1
# 6:9 case/width/choice = choice(8, '(2 * ...)', "{'a': [...]}") default 8
# 6:33 case/width/choice/1/right/randint = randint(1, 9) default ? if case/width/choice is 1
# 6:59 case/width/choice/2/a.0/uniform = uniform(0, 1) default ? if case/width/choice is 2
