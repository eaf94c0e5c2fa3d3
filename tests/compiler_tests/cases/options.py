import m
a = '2'  # @nni.choice('2', 3, 5*6, {1:2, '3':4}, [1,2,3], -1, True, None)
b = -1  # @nni.choice(-1, 1.5, b'x', ..., 1j)
c = m.f  # @nni.choice(m.f, m.g[0], m.h(1)(2), x if a else y, not a, (lambda q: q), [i for i in a])
'''@nni.variable(nni.choice("one\\ntwo", """three
four""", 'é', f'{a}'), name=d)'''
d = "é"
e = (yield_ := 3)  # @nni.choice((yield_ := 4), 3)
x = y = 1
# output
import nnic.runtime.trial as __nnic__; import m
a = ('2' if __nnic__.is_('case/a/choice', 0) else 3 if __nnic__.is_('case/a/choice', 1) else (5 * 6) if __nnic__.is_('case/a/choice', 2) else {1: 2, '3': 4} if __nnic__.is_('case/a/choice', 3) else [1, 2, 3] if __nnic__.is_('case/a/choice', 4) else (-1) if __nnic__.is_('case/a/choice', 5) else True if __nnic__.is_('case/a/choice', 6) else None if __nnic__.is_('case/a/choice', 7) else ('2'))  # @nni.choice('2', 3, 5*6, {1:2, '3':4}, [1,2,3], -1, True, None)
b = ((-1) if __nnic__.is_('case/b/choice', 0) else 1.5 if __nnic__.is_('case/b/choice', 1) else b'x' if __nnic__.is_('case/b/choice', 2) else ... if __nnic__.is_('case/b/choice', 3) else 1j if __nnic__.is_('case/b/choice', 4) else (-1))  # @nni.choice(-1, 1.5, b'x', ..., 1j)
c = (m.f if __nnic__.is_('case/c/choice', 0) else (m.g[0]) if __nnic__.is_('case/c/choice', 1) else m.h(1)(2) if __nnic__.is_('case/c/choice', 2) else (x if a else y) if __nnic__.is_('case/c/choice', 3) else (not a) if __nnic__.is_('case/c/choice', 4) else (lambda q: q) if __nnic__.is_('case/c/choice', 5) else ([i for i in a]) if __nnic__.is_('case/c/choice', 6) else (m.f))  # @nni.choice(m.f, m.g[0], m.h(1)(2), x if a else y, not a, (lambda q: q), [i for i in a])
'''@nni.variable(nni.choice("one\\ntwo", """three
four""", 'é', f'{a}'), name=d)'''
d = ('one\ntwo' if __nnic__.is_('case/d/choice', 0) else 'three\nfour' if __nnic__.is_('case/d/choice', 1) else 'é' if __nnic__.is_('case/d/choice', 2) else (f'{a}') if __nnic__.is_('case/d/choice', 3) else ("é"))
e = ((((yield_ := 4)) if __nnic__.is_('case/e/choice', 0) else 3 if __nnic__.is_('case/e/choice', 1) else (yield_ := 3)))  # @nni.choice((yield_ := 4), 3)
x = y = 1
# space
# 2:5 case/a/choice = choice('2', 3, '(5 * 6)', "{(1): 2, '3': 4}", '[1, 2, 3]', '(-1)', True, None) default '2'
# 3:5 case/b/choice = choice('(-1)', 1.5, "b'x'", '...', '(1.0j)') default '(-1)'
# 4:5 case/c/choice = choice('m.f', 'm.g[0]', 'm.h(1)(2)', '(x if a else y)', '(not a)', '(lambda q: q)', '[i for i in a]') default 'm.f'
# 7:5 case/d/choice = choice('one\ntwo', 'three\nfour', 'é', 'f"""{a}') default 'é'
# 8:6 case/e/choice = choice('(yield_ := 4)', 3) default ?
