#!/usr/bin/env python
# -*- coding: utf-8 -*-
# A comment takes the import.

def train(x):
    for step in x:
        loss = step
        # @nni.report_intermediate_result(loss)

    # @nni.report_intermediate_result(x)
    # followed by another comment


    else_ = 1
    if x: return 1; yield 2  # @nni.report_intermediate_result(2)
    elif loss: pass
    else:
        # @nni.report_intermediate_result(3)
        pass
        # @nni.report_intermediate_result(4)
    match x:
        case [1]:
            pass
            # @nni.report_intermediate_result(5)
        case _:
            # @nni.report_intermediate_result(6)
            pass
    # @nni.report_final_result(7)


train(1)  # @nni.report_final_result(8)
# @nni.report_final_result(9)
# output
#!/usr/bin/env python
# -*- coding: utf-8 -*-
import nnic.runtime.trial as __nnic__  # A comment takes the import.

def train(x):
    for step in x:
        loss = step
        __nnic__.report_intermediate_result(loss)  # @nni.report_intermediate_result(loss)

    __nnic__.report_intermediate_result(x)  # @nni.report_intermediate_result(x)
    # followed by another comment


    else_ = 1
    if x: return 1; yield 2; __nnic__.report_intermediate_result(2)  # @nni.report_intermediate_result(2)
    elif loss: pass
    else:
        __nnic__.report_intermediate_result(3)  # @nni.report_intermediate_result(3)
        pass
        __nnic__.report_intermediate_result(4)  # @nni.report_intermediate_result(4)
    match x:
        case [1]:
            pass
            __nnic__.report_intermediate_result(5)  # @nni.report_intermediate_result(5)
        case _:
            __nnic__.report_intermediate_result(6)  # @nni.report_intermediate_result(6)
            pass
    __nnic__.report_final_result(7)  # @nni.report_final_result(7)


train(1); __nnic__.report_final_result(8)  # @nni.report_final_result(8)
__nnic__.report_final_result(9)  # @nni.report_final_result(9)
# space
# 8:9 report_intermediate_result(loss)
# 10:5 report_intermediate_result(x)
# 15:28 report_intermediate_result(2)
# 18:9 report_intermediate_result(3)
# 20:9 report_intermediate_result(4)
# 24:13 report_intermediate_result(5)
# 26:13 report_intermediate_result(6)
# 28:5 report_final_result(7)
# 31:9 report_final_result(8)
# 32:1 report_final_result(9)
