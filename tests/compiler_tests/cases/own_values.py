from settings import RATE, NAME, pick
lr = RATE / 10  # @nni.loguniform(1e-5, 1)
name = NAME  # @nni.choice("adam", "sgd")
pair = pick(0)  # @nni.choice((1, 2), pick(1))
f = lambda x, k=len(NAME): x  # @nni.randint(1, 9, name=k)
options = {"a": RATE}  # @nni.choice(1, None, name=a)
# output
import nnic.runtime.trial as __nnic__; from settings import RATE, NAME, pick
lr = (__nnic__.get('case/lr/loguniform') if __nnic__.has('case/lr/loguniform') else __nnic__.own('case/lr/loguniform', (RATE / 10)))  # @nni.loguniform(1e-5, 1)
name = ('adam' if __nnic__.is_('case/name/choice', 0) else 'sgd' if __nnic__.is_('case/name/choice', 1) else __nnic__.own('case/name/choice', (NAME)))  # @nni.choice("adam", "sgd")
pair = ((1, 2) if __nnic__.is_('case/pair/choice', 0) else pick(1) if __nnic__.is_('case/pair/choice', 1) else (pick(0)))  # @nni.choice((1, 2), pick(1))
f = lambda x, k=(__nnic__.get('case/f.k/randint') if __nnic__.has('case/f.k/randint') else __nnic__.own('case/f.k/randint', (len(NAME)))): x  # @nni.randint(1, 9, name=k)
options = {"a": (1 if __nnic__.is_("case/options['a']/choice", 0) else None if __nnic__.is_("case/options['a']/choice", 1) else __nnic__.own("case/options['a']/choice", (RATE)))}  # @nni.choice(1, None, name=a)
# space
# 2:6 case/lr/loguniform = loguniform(1e-05, 1) default ?
# 3:8 case/name/choice = choice('adam', 'sgd') default ?
# 4:8 case/pair/choice = choice('(1, 2)', 'pick(1)') default ?
# 5:17 case/f.k/randint = randint(1, 9) default ?
# 6:17 case/options['a']/choice = choice(1, None) default ?
