"""Docstring."""
# @nni.report_intermediate_result(1)  # E: NNI120 3-37 nni.report_intermediate_result can't stand before an import from __future__
from __future__ import annotations
foo = print(
    1,  # @nni.report_intermediate_result(1)  # E: NNI120 11-45 nni.report_intermediate_result can't stand inside brackets
    # @nni.report_intermediate_result(1)  # E: NNI120 7-41 nni.report_intermediate_result can't stand inside brackets
)
@staticmethod
# @nni.report_intermediate_result(1)  # E: NNI120 3-37 nni.report_intermediate_result can't stand where no block has the comment's indentation
def f():
    # @nni.report_intermediate_result(1)  # E: NNI120 7-41 nni.report_intermediate_result can't stand before a docstring
    """Docstring."""
for x in [1]:  # @nni.report_intermediate_result(1)  # E: NNI120 18-52 nni.report_intermediate_result can't stand after the header of a compound statement
    pass
# @nni.report_intermediate_result(1)  # E: NNI120 3-37 nni.report_intermediate_result can't stand where no block has the comment's indentation
else:
    pass
    # @nni.report_intermediate_result(1)
if x:
        pass
    # @nni.report_intermediate_result(1)  # E: NNI120 7-41 nni.report_intermediate_result can't stand where no block has the comment's indentation
else: pass  # @nni.report_intermediate_result(1)
try:
    # @nni.report_intermediate_result(1)
    pass
    # @nni.report_intermediate_result(1)
# @nni.report_intermediate_result(1)  # E: NNI120 3-37 nni.report_intermediate_result can't stand where no block has the comment's indentation
except ValueError:  # @nni.report_intermediate_result(1)  # E: NNI120 23-57 nni.report_intermediate_result can't stand after the header of a compound statement
    # @nni.report_intermediate_result(1)
    pass
finally:
    # @nni.report_intermediate_result(1)
    pass
# @nni.report_intermediate_result(1)
def g():
    """Docstring."""
    # @nni.report_intermediate_result(1)
# ---
'''@nni.get_next_parameter()'''  # E: NNI120 4-29 nni.get_next_parameter can't stand before an import from __future__
from __future__ import annotations
# ---
from __future__ import annotations  # @nni.get_next_parameter()  # E: NNI120 39-64 nni.get_next_parameter can't stand before an import from __future__
from __future__ import division
# ---
"""@nni.get_next_parameter()"""
# ---
match 1:
        # @nni.report_intermediate_result(1)  # E: NNI120 11-45 nni.report_intermediate_result can't stand where no block has the comment's indentation
    case 1:
        # @nni.report_intermediate_result(1)
        pass
match 1:  # @nni.report_intermediate_result(1)  # E: NNI120 13-47 nni.report_intermediate_result can't stand after the header of a compound statement
    case 1: pass
