for fold in folds:
    score = fit(fold)
    # @nni.report_final_result(score)  # W: NNI218 7-38 this is repeated by a loop, and only the last final result of a trial counts
    # @nni.report_intermediate_result(score)
# @nni.report_final_result(mean(scores))  # W: NNI206 28-32 mean is not defined anywhere in this file  # W: NNI206 33-39 scores is not defined anywhere in this file; did you mean score?
# ---
for seed in range(3):
    with context():
        for fold in folds:
            '''@nni.report_final_result(score)'''  # W: NNI218 16-47 this is repeated by a loop, and only the last final result of a trial counts  # W: NNI206 41-46 score is not defined anywhere in this file
# ---
while True:
    score = step()
    # @nni.report_final_result(score)
    break
for epoch in range(9):
    if epoch == 8:
        # @nni.report_final_result(score)
        pass
for epoch in range(9):
    pass
else:
    # @nni.report_final_result(score)
    pass
def one(folds):
    for fold in folds:
        # @nni.report_final_result(score)
        return
# ---
def train(fold):
    score = fit(fold)
    # @nni.report_final_result(score)  # W: NNI218 7-38 this is repeated by a loop, and only the last final result of a trial counts
    return score
def other(fold):
    score = fit(fold)
    # @nni.report_final_result(score)
for fold in folds:
    train(fold)
other(0)
# ---
def train(fold):
    score = fit(fold)
    return score  # @nni.report_intermediate_result(fold)  # W: NNI205 21-58 this is never reached: the return on line 3 leaves the block
def tell(fold):
    # @nni.report_final_result(fold)  # W: NNI218 7-37 this is repeated by a loop, and only the last final result of a trial counts
    pass
scores = [tell(fold) for fold in folds]
# ---
import nni
for fold in folds:
    nni.report_final_result(fold)  # W: NNI218 5-34 this is repeated by a loop, and only the last final result of a trial counts
nni.report_final_result(1)
import sys
for fold in folds:
    nni.report_final_result(fold)
    sys.exit(0)
# ---
for fold in folds:
    score = fit(fold)  # @nni.report_final_result(score)  # W: NNI218 26-57 this is repeated by a loop, and only the last final result of a trial counts
# @nni.report_final_result(score)
