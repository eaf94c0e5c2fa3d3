def f(x):
    if x:
        return x
        '''@nni.report_intermediate_result(x)'''  # W: NNI205 12-46 this is never reached: the return on line 3 leaves the block
    for y in x:
        continue  # @nni.report_intermediate_result(x)  # W: NNI205 21-55 this is never reached: the continue on line 6 leaves the block
    while x:
        break
        # @nni.report_intermediate_result(x)  # W: NNI205 11-45 this is never reached: the break on line 8 leaves the block
    raise ValueError
    # @nni.report_intermediate_result(x)  # W: NNI205 7-41 this is never reached: the raise on line 10 leaves the block
def g(x):
    if x:
        return x
    # @nni.report_intermediate_result(x)
    x.train()  # @nni.report_intermediate_result(x)
    '''@nni.report_intermediate_result(x)'''
    return x
