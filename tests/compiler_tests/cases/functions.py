from m import max_pool, avg_pool, SGD, Adam, h1, p


def build(h):
    """@nni.get_next_parameter()"""
    '''@nni.function_choice(max_pool(h1), 2 * 3 + 4, lambda x: 1+x, name=max_pool)'''
    h2 = max_pool(h1)
    # @nni.function_choice(max_pool(h), avg_pool(h), name=avg_pool)
    return [max_pool(h), len(max_pool(h)), max_pool(h1)]


# @nni.function_choice(SGD(p, lr=0.1, momentum=0.9), Adam(p), name=optimizer)
optimizer = SGD(p, lr=0.5, momentum=0.9)
# @nni.function_choice(SGD(p), Adam(p), name=SGD)
other = [SGD(
    p,  # a comment
    lr=0.5,
)]
'''@nni.function_choice(SGD(p), Adam(p), name=block)'''
for item in other:
    if item:
        block = SGD(p)
    else:
        block = Adam(p)
# output
import nnic.runtime.trial as __nnic__; from m import max_pool, avg_pool, SGD, Adam, h1, p


def build(h):
    """@nni.get_next_parameter()"""; __nnic__.get_next_parameter()
    '''@nni.function_choice(max_pool(h1), 2 * 3 + 4, lambda x: 1+x, name=max_pool)'''
    h2 = (max_pool(h1) if __nnic__.is_('case/max_pool/function_choice', 0) else (2 * 3 + 4) if __nnic__.is_('case/max_pool/function_choice', 1) else (lambda x: 1 + x) if __nnic__.is_('case/max_pool/function_choice', 2) else (max_pool(h1)))
    # @nni.function_choice(max_pool(h), avg_pool(h), name=avg_pool)
    return [(max_pool(h) if __nnic__.is_('case/avg_pool/function_choice', 0) else avg_pool(h) if __nnic__.is_('case/avg_pool/function_choice', 1) else (max_pool(h))), len((max_pool(h) if __nnic__.is_('case/avg_pool/function_choice', 0) else avg_pool(h) if __nnic__.is_('case/avg_pool/function_choice', 1) else (max_pool(h)))), max_pool(h1)]


# @nni.function_choice(SGD(p, lr=0.1, momentum=0.9), Adam(p), name=optimizer)
optimizer = (SGD(p, lr=0.1, momentum=0.9) if __nnic__.is_('case/optimizer/function_choice', 0) else Adam(p) if __nnic__.is_('case/optimizer/function_choice', 1) else (SGD(p, lr=0.5, momentum=0.9)))
# @nni.function_choice(SGD(p), Adam(p), name=SGD)
other = [(SGD(p) if __nnic__.is_('case/SGD/function_choice', 0) else Adam(p) if __nnic__.is_('case/SGD/function_choice', 1) else (SGD(
    p,  # a comment
    lr=0.5,
)))]
'''@nni.function_choice(SGD(p), Adam(p), name=block)'''
for item in other:
    if item:
        block = (SGD(p) if __nnic__.is_('case/block/function_choice', 0) else Adam(p) if __nnic__.is_('case/block/function_choice', 1) else (SGD(p)))
    else:
        block = (SGD(p) if __nnic__.is_('case/block/function_choice', 0) else Adam(p) if __nnic__.is_('case/block/function_choice', 1) else (Adam(p)))
# space
# 7:10 case/max_pool/function_choice = choice('max_pool(h1)', '(2 * 3 + 4)', '(lambda x: 1 + x)') default 'max_pool(h1)'
# 9:13 case/avg_pool/function_choice = choice('max_pool(h)', 'avg_pool(h)') default 'max_pool(h)'
# 13:13 case/optimizer/function_choice = choice('SGD(p, lr=0.1, momentum=0.9)', 'Adam(p)') default ?
# 15:10 case/SGD/function_choice = choice('SGD(p)', 'Adam(p)') default ?
# 22:17 case/block/function_choice = choice('SGD(p)', 'Adam(p)') default ?
# 5:36 get_next_parameter()
