from m import d, s

"""@nni.variable(nni.choice(16, 32), name=batch)"""
batch = 16
'''@nni.uniform(0, 1)'''
drop: float = 0.5
"@nni.variable(nni.choice(1, 2), name=s.width)"
s.width = 1
"""@nni.variable(nni.choice(1, 2), name=d['a'])"""
d["a"] = 1
"""@nni.variable(nni.choice((1, 2), (2, 1)), name=(x, y))"""
x, y = 1, 2
'@nni.choice([1, 2], [2, 1], name=v)'
u = v = [1, 2]
# output
import nnic.runtime.trial as __nnic__; from m import d, s

"""@nni.variable(nni.choice(16, 32), name=batch)"""
batch = (16 if __nnic__.is_('case/batch/choice', 0) else 32 if __nnic__.is_('case/batch/choice', 1) else (16))
'''@nni.uniform(0, 1)'''
drop: float = (__nnic__.get('case/drop/uniform') if __nnic__.has('case/drop/uniform') else (0.5))
"@nni.variable(nni.choice(1, 2), name=s.width)"
s.width = (1 if __nnic__.is_('case/s.width/choice', 0) else 2 if __nnic__.is_('case/s.width/choice', 1) else (1))
"""@nni.variable(nni.choice(1, 2), name=d['a'])"""
d["a"] = (1 if __nnic__.is_("case/d['a']/choice", 0) else 2 if __nnic__.is_("case/d['a']/choice", 1) else (1))
"""@nni.variable(nni.choice((1, 2), (2, 1)), name=(x, y))"""
x, y = ((1, 2) if __nnic__.is_('case/(x, y)/choice', 0) else (2, 1) if __nnic__.is_('case/(x, y)/choice', 1) else (1, 2))
'@nni.choice([1, 2], [2, 1], name=v)'
u = v = ([1, 2] if __nnic__.is_('case/v/choice', 0) else [2, 1] if __nnic__.is_('case/v/choice', 1) else ([1, 2]))
# space
# 4:9 case/batch/choice = choice(16, 32) default 16
# 6:15 case/drop/uniform = uniform(0, 1) default 0.5
# 8:11 case/s.width/choice = choice(1, 2) default 1
# 10:10 case/d['a']/choice = choice(1, 2) default 1
# 12:8 case/(x, y)/choice = choice('(1, 2)', '(2, 1)') default '(1, 2)'
# 14:9 case/v/choice = choice('[1, 2]', '[2, 1]') default '[1, 2]'
