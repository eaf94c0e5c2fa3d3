class A:
    lr = 0.1  # @nni.uniform(0, 1)
    act = "relu"  # @nni.choice("relu", "tanh")
# output
class A:
    lr = (__import__("nnic.runtime.trial", fromlist=["has"]).get('case/lr/uniform') if __import__("nnic.runtime.trial", fromlist=["has"]).has('case/lr/uniform') else (0.1))  # @nni.uniform(0, 1)
    act = ('relu' if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/act/choice', 0) else 'tanh' if __import__("nnic.runtime.trial", fromlist=["has"]).is_('case/act/choice', 1) else ("relu"))  # @nni.choice("relu", "tanh")
# space
# 2:10 case/lr/uniform = uniform(0, 1) default 0.1
# 3:11 case/act/choice = choice('relu', 'tanh') default 'relu'
