from m import f

rate: Later = 0.1  # @nni.uniform(0, 1)


class Box:
    size: Later = 3  # @nni.choice(3, 4)


def fill(box: Later = 1) -> Later:  # @nni.choice(1, 2)
    try:
        f()
    except ValueError, TypeError:
        x = 1  # @nni.choice(1, 2)


text = t"{f(k="a")} {
    f(k=1)  # @nni.choice(1, 2): nothing inside a template string is a slot
} #"  # @nni.choice(t"{ f() } it's", t'{rate!r:>{f()}}', name=text)
# @nni.function_choice(f(t'{rate}'), f(t"{rate}", 1), name=f)
y = f(t'{rate}')
# output
import nnic.runtime.trial as __nnic__; from m import f

rate: Later = (__nnic__.get('case/rate/uniform') if __nnic__.has('case/rate/uniform') else (0.1))  # @nni.uniform(0, 1)


class Box:
    size: Later = (3 if __nnic__.is_('case/size/choice', 0) else 4 if __nnic__.is_('case/size/choice', 1) else (3))  # @nni.choice(3, 4)


def fill(box: Later = (1 if __nnic__.is_('case/fill.box/choice', 0) else 2 if __nnic__.is_('case/fill.box/choice', 1) else (1))) -> Later:  # @nni.choice(1, 2)
    try:
        f()
    except ValueError, TypeError:
        x = (1 if __nnic__.is_('case/x/choice', 0) else 2 if __nnic__.is_('case/x/choice', 1) else (1))  # @nni.choice(1, 2)


text = ((t"{ f() } it's") if __nnic__.is_('case/text/choice', 0) else (t'{rate!r:>{f()}}') if __nnic__.is_('case/text/choice', 1) else (t"{f(k="a")} {
    f(k=1)  # @nni.choice(1, 2): nothing inside a template string is a slot
} #"))  # @nni.choice(t"{ f() } it's", t'{rate!r:>{f()}}', name=text)
# @nni.function_choice(f(t'{rate}'), f(t"{rate}", 1), name=f)
y = (f(t'{rate}') if __nnic__.is_('case/f/function_choice', 0) else f(t'{rate}', 1) if __nnic__.is_('case/f/function_choice', 1) else (f(t'{rate}')))
# space
# 3:15 case/rate/uniform = uniform(0, 1) default 0.1
# 7:19 case/size/choice = choice(3, 4) default 3
# 10:23 case/fill.box/choice = choice(1, 2) default 1
# 14:13 case/x/choice = choice(1, 2) default 1
# 17:8 case/text/choice = choice('t"""{ f() } it\'s', 't"""{rate!r:>{f()}}') default ?
# 21:5 case/f/function_choice = choice("f(t'{rate}')", "f(t'{rate}', 1)") default "f(t'{rate}')"
