epochs = 9  # @nni.budget(1, 27)
'''@nni.checkpoint(name=folder)'''
folder = "checkpoints"
train(steps=100, share=0.5)  # @nni.choice(0.5, 1.0, name=share)
# @nni.constraint(train.share < 2)
# output
import nnic.runtime.trial as __nnic__; epochs = (__nnic__.get('case/epochs/budget') if __nnic__.has('case/epochs/budget') else (9))  # @nni.budget(1, 27)
'''@nni.checkpoint(name=folder)'''
folder = (__nnic__.get('case/folder/checkpoint') if __nnic__.has('case/folder/checkpoint') else ("checkpoints"))
train(steps=100, share=(0.5 if __nnic__.is_('case/train.share/choice', 0) else 1.0 if __nnic__.is_('case/train.share/choice', 1) else (0.5)))  # @nni.choice(0.5, 1.0, name=share)
# @nni.constraint(train.share < 2)
# space
# 1:10 case/epochs/budget = budget(1, 27) default 9
# 3:10 case/folder/checkpoint = checkpoint(?) default ?
# 4:24 case/train.share/choice = choice(0.5, 1.0) default 0.5
# 5:3 constraint train.share < 2 {'train.share': 'case/train.share/choice'}
