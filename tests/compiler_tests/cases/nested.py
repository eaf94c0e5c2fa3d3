def f(x): ...
def g(x): ...
# @nni.function_choice(f(1), g(1), name=f)
# @nni.choice(f(1), 2, name=w)
w = (f(1)) + 2
# @nni.function_choice(f(1), g(1), name=f)
# @nni.choice(f(1) + 1, 2, name=v)
v = f(1) + 1
# output
def f(x): ...
def g(x): ...
# @nni.function_choice(f(1), g(1), name=f)
# @nni.choice(f(1), 2, name=w)
import nnic.runtime.trial as __nnic__; w = (f(1) if __nnic__.is_('case/w/choice', 0) else 2 if __nnic__.is_('case/w/choice', 1) else (((f(1) if __nnic__.is_('case/f/function_choice', 0) else g(1) if __nnic__.is_('case/f/function_choice', 1) else (f(1)))) + 2))
# @nni.function_choice(f(1), g(1), name=f)
# @nni.choice(f(1) + 1, 2, name=v)
v = ((f(1) + 1) if __nnic__.is_('case/v/choice', 0) else 2 if __nnic__.is_('case/v/choice', 1) else ((f(1) if __nnic__.is_('case/f/function_choice', 0) else g(1) if __nnic__.is_('case/f/function_choice', 1) else (f(1))) + 1))
# space
# 5:6 case/f/function_choice = choice('f(1)', 'g(1)') default 'f(1)'
# 5:5 case/w/choice = choice('f(1)', 2) default ?
# 8:5 case/f/function_choice = choice('f(1)', 'g(1)') default 'f(1)'
# 8:5 case/v/choice = choice('(f(1) + 1)', 2) default '(f(1) + 1)'
