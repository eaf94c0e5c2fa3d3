x = 1
t'@nni.report_final_result({x})'  # W: NNI204 3-27 a template string is not an annotation; use a plain string or a comment
rt'''@nni.variable(nni.choice(1, 2), name=x)'''  # W: NNI204 6-19 a template string is not an annotation; use a plain string or a comment
t'nni.choice({x})'
