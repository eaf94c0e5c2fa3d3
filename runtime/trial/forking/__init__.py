"""Trials that are forked from a template: a process that has imported, or run, their common beginning.

``start.py`` makes a template of a process, ``template.py`` imports ahead and serves, ``fork_point.py`` runs
the script itself up to its fork point. Each file opens with what must never be broken in it. Everything
here may use ``nnic.runtime.trial``; nothing there may use this folder, so that an ordinary trial, which is
started as a process of its own, loads none of it.
"""
