def first():
    lr = 0.1  # @nni.uniform(0, 1)
    return lr


def second():
    lr = 0.1  # @nni.uniform(0, 1)
    return lr


class Net:
    lr = 0.2  # @nni.uniform(0, 1, name=lr)
# output
def first():
    lr = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/lr/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/lr/uniform') else __import__("nnic.runtime.trial", fromlist=["has"]).own('case/lr/uniform', (0.1)))  # @nni.uniform(0, 1)
    return lr


def second():
    lr = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/lr/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/lr/uniform') else __import__("nnic.runtime.trial", fromlist=["has"]).own('case/lr/uniform', (0.1)))  # @nni.uniform(0, 1)
    return lr


class Net:
    lr = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/lr/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/lr/uniform') else __import__("nnic.runtime.trial", fromlist=["has"]).own('case/lr/uniform', (0.2)))  # @nni.uniform(0, 1, name=lr)
# space
# 2:10 case/lr/uniform = uniform(0, 1) default ?
# 7:10 case/lr/uniform = uniform(0, 1) default ?
# 12:10 case/lr/uniform = uniform(0, 1) default ?
