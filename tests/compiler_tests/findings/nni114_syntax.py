# @nni.choice(1, 2)
x = = 1  # E: NNI114 5-6 syntax error: invalid syntax
# ---
def f(:  # @nni.choice(1, 2)  # E: NNI114 7-8 syntax error: invalid syntax
    pass
# ---
y = "nni.  # E: NNI114 5-6 syntax error: unterminated string literal (detected at line 1)
# ---
# @nni.choice(1, 2)
x = 1
