x = 1
f'@nni.report_final_result({x})'  # W: NNI204 3-27 an f-string is not an annotation; use a plain string or a comment
rf'''@nni.variable(nni.choice(1, 2), name=x)'''  # W: NNI204 6-19 an f-string is not an annotation; use a plain string or a comment
b'@nni.report_final_result(x)'  # W: NNI204 3-27 a bytes literal is not an annotation; use a plain string or a comment
x = 1  # nni.choice(1, 2)  # W: NNI204 10-20 this looks like an annotation, but an annotation begins with '@nni.choice('
x = 1  # @ nni.choice(1, 2)  # W: NNI204 10-22 this looks like an annotation, but an annotation begins with '@nni.choice('
x = 1  # @nni choice(1, 2)  # W: NNI204 10-21 this looks like an annotation, but an annotation begins with '@nni.choice('
x = 1  # @nni.choice  # W: NNI204 15-21 nni.choice without parentheses is not an annotation
'@nni.get_next_parameter'  # W: NNI204 7-25 nni.get_next_parameter without parentheses is not an annotation
f'nni.choice({x})'
b'other @nni.choice(1, 2)'
# call nni.choice(1, 2) to choose
# nni.other(1)
# @nni.choice.something(1)
'@nni.get_next_parameter()'
x = 1  # the rate, @nni.choice(1, 2)  # W: NNI204 20-31 an annotation must begin its comment or follow ' #'; this one is only text
y = 1  # @nni.choice(1, 2)  # or @nni.choice(1, 3)  # W: NNI204 34-45 an annotation must begin its comment or follow ' #'; this one is only text
# see @nni.choice and @nni.other(1) for more
