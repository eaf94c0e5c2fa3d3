'''@nni.variable( nni.choice(16, 32), name = batch )'''
batch = 16
def train( ) :
    'Docstring.'
    '''@nni.variable(nni.uniform(0, 1),
                     name=lr)'''
    lr = 0.1
# black
"""@nni.variable( nni.choice(16, 32), name = batch )"""

batch = 16


def train():
    "Docstring."
    """@nni.variable(nni.uniform(0, 1),
                     name=lr)"""
    lr = 0.1
# ruff
"""@nni.variable( nni.choice(16, 32), name = batch )"""

batch = 16


def train():
    "Docstring."
    """@nni.variable(nni.uniform(0, 1),
                     name=lr)"""
    lr = 0.1
# means
# written: batch/choice for 16, lr/uniform for 0.1
# black: batch/choice for 16, lr/uniform for 0.1
# ruff: batch/choice for 16, lr/uniform for 0.1
