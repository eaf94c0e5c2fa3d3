from m import f, g, h
'''@nni.function_choice(f(1), g(1), name=z)'''  # E: NNI111 4-44 function_choice matches nothing: the statement has no call like one of its options, no call of z and no assignment to z
y = 7
'''@nni.function_choice(f(1), g(1), name=f)'''  # E: NNI111 4-44 function_choice matches 2 calls of f; it can't tell which one is meant
y = f(2) + f(3)
'''@nni.function_choice(f(1, k=2), g(1), name=z)'''  # E: NNI111 4-49 function_choice matches 2 calls like its options; it can't tell which one is meant
y = f(2, k=2) + f(3, k=2)
'''@nni.function_choice(f(1), g(1), name=z)'''  # E: NNI111 4-44 function_choice matches nothing: the statement has no call like one of its options, no call of z and no assignment to z
y = f"{f(1)}"
'''@nni.function_choice(f(1), g(1), name=a)'''
y = f(1) + h(g(1))
'''@nni.function_choice(f(1), g(1), name=h)'''
y = h(f(2))
'''@nni.function_choice(f(1), g(1), name=y)'''
y = 1 + f(1 + 1)
'''@nni.function_choice(f(1, k=2), g(1), name=b)'''
y = f(2, k=2)
# ---
def max_pool(v): return v
h = 1
'''@nni.function_choice(max_pool(h), 2 * 3 + 4, lambda x: 1 + x, name=max_pool)'''
q = 2 * 3 + 4
'''@nni.function_choice(max_pool(h), 7, name=max_pool)'''  # E: NNI111 4-55 function_choice matches 2 expressions equal to its options; it can't tell which one is meant
r = [7, 7]
'''@nni.function_choice(max_pool(h), s, name=max_pool)'''  # E: NNI111 4-55 function_choice matches nothing: the statement has no call like one of its options, no call of max_pool and no assignment to max_pool
s = 8
