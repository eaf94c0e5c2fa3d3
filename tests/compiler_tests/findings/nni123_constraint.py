batch_size = 32  # @nni.choice(32, 64)
width = 3  # @nni.randint(1, 9)
f(width=1)  # @nni.randint(1, 9, name=width)
f(width=1)  # @nni.randint(1, 9, label='wide')
# @nni.constraint(batch_size * width <= 4096 and wide < f.width)  # W: NNI202 19-64 the script's own values do not satisfy this constraint
# @nni.constraint(batch_sise * width <= 4096)  # E: NNI123 19-29 no parameter is called batch_sise; did you mean batch_size?
# @nni.constraint(a.width < 3)  # E: NNI123 19-26 no parameter is called a.width; did you mean f.width?
# @nni.constraint(1 < 2)  # E: NNI123 19-24 the constraint contains no parameter
# @nni.constraint(label_of_another_file < width)
"""@nni.constraint(max(width, wide) != 3)"""  # W: NNI202 20-41 the script's own values do not satisfy this constraint
# ---
x = 1  # @nni.randint(1, 5)
x = 1.0  # @nni.uniform(0, 2)
# @nni.constraint(x < 3)  # E: NNI123 19-20 x may mean case/x/randint and case/x/uniform; give one of them a label=
# ---
# @nni.constraint(nothing < 3)  # E: NNI123 19-26 no parameter is called nothing
# ---
# @nni.choice(f(lr=nni.uniform(0, 1)), g(rate=nni.uniform(0, 1)), name=h)  # W: NNI206 15-16 f is not defined anywhere in this file  # W: NNI206 40-41 g is not defined anywhere in this file
h = f(lr=0.5)
# @nni.constraint(lr < 0.7)
# @nni.constraint(rate < 0.7 or lr > 0.2)
