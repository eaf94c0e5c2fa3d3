class Net:
    width: int = 8  # @nni.choice(8, 16)
    __depth = 2  # @nni.choice(2, 3)

    def __init__(self, options):
        self.lr = 0.1  # @nni.uniform(0, 1)
        options["a"] = 1  # @nni.choice(1, 2)
        options['b'][0].c = 1  # @nni.choice(1, 2)
        x, y = 1, 2  # @nni.choice((1, 2), (2, 1))
        (u, v) = w = [1, 2]  # @nni.variable(nni.choice([1, 2], [2, 1]), name=w)
        first, *rest = options  # @nni.choice(options, options[::-1])
        z = yield x  # @nni.choice((yield y), 3)
        return x, y
# output
class Net:
    width: int = (8 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/width/choice', 0) else 16 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/width/choice', 1) else (8))  # @nni.choice(8, 16)
    __depth = (2 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/__depth/choice', 0) else 3 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/__depth/choice', 1) else (2))  # @nni.choice(2, 3)

    def __init__(self, options):
        self.lr = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/self.lr/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/self.lr/uniform') else (0.1))  # @nni.uniform(0, 1)
        options["a"] = (1 if __import__("nnic.runtime.trial", fromlist=["has"]).is_("case/options['a']/choice", 0) else 2 if __import__("nnic.runtime.trial", fromlist=["has"]).is_("case/options['a']/choice", 1) else (1))  # @nni.choice(1, 2)
        options['b'][0].c = (1 if __import__("nnic.runtime.trial", fromlist=["has"]).is_("case/options['b'][0].c/choice", 0) else 2 if __import__("nnic.runtime.trial", fromlist=["has"]).is_("case/options['b'][0].c/choice", 1) else (1))  # @nni.choice(1, 2)
        x, y = ((1, 2) if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/(x, y)/choice', 0) else (2, 1) if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/(x, y)/choice', 1) else (1, 2))  # @nni.choice((1, 2), (2, 1))
        (u, v) = w = ([1, 2] if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/w/choice', 0) else [2, 1] if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/w/choice', 1) else ([1, 2]))  # @nni.variable(nni.choice([1, 2], [2, 1]), name=w)
        first, *rest = (options if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/(first, *rest)/choice', 0) else (options[::-1]) if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/(first, *rest)/choice', 1) else (options))  # @nni.choice(options, options[::-1])
        z = (((yield y)) if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/z/choice', 0) else 3 if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/z/choice', 1) else (yield x))  # @nni.choice((yield y), 3)
        return x, y
# space
# 2:18 case/width/choice = choice(8, 16) default 8
# 3:15 case/__depth/choice = choice(2, 3) default 2
# 6:19 case/self.lr/uniform = uniform(0, 1) default 0.1
# 7:24 case/options['a']/choice = choice(1, 2) default 1
# 8:29 case/options['b'][0].c/choice = choice(1, 2) default 1
# 9:16 case/(x, y)/choice = choice('(1, 2)', '(2, 1)') default '(1, 2)'
# 10:22 case/w/choice = choice('[1, 2]', '[2, 1]') default '[1, 2]'
# 11:24 case/(first, *rest)/choice = choice('options', 'options[::-1]') default 'options'
# 12:13 case/z/choice = choice('(yield y)', 3) default ?
