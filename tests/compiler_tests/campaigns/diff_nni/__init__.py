"""Holds nnic against NNI itself: the same annotated files through both, key by key and value by value.

``python -m diff_nni`` (``make diff-nni``) runs the campaign. NNI 2.10 runs in a Python 3.8 of its own; what
it made of a part of the files is recorded, so that the tests compare against NNI without it.
"""
