"""Makes a Python process a trial's; its folder is on PYTHONPATH in all processes of a trial.

A trial may start any Python, so this file keeps to what all of them read.
"""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
# Only the environment keeps the folder, for the processes that this one starts.
sys.path[:] = [_entry for _entry in sys.path if not _entry or os.path.abspath(_entry) != _here]
sys.path_importer_cache.pop(_here, None)

if os.environ.get("NNIC_TRIAL_DIR") and sys.version_info >= (3, 10):
    try:
        # nnic is found from here, not through sys.path: a script may have a folder of that name.
        # Installed, runtime/ lies in nnic/; in a checkout beside it, linked.
        _package = os.path.dirname(os.path.dirname(os.path.dirname(_here)))
        if not os.path.isfile(os.path.join(_package, "__init__.py")):
            _package = os.path.join(_package, "nnic")
        # What is installed beside it is another environment's, as a rule: that must not be on the path.
        _spec = sys.modules["_frozen_importlib_external"].spec_from_file_location(
            "nnic", os.path.join(_package, "__init__.py"), submodule_search_locations=[_package]
        )
        sys.modules["nnic"] = _module = sys.modules["_frozen_importlib"].module_from_spec(_spec)
        _spec.loader.exec_module(_module)
        if os.environ.get("NNIC_TEMPLATE"):
            from nnic.runtime.trial.forking import start as _start
        else:
            from nnic.runtime.trial import hook as _start  # type: ignore[no-redef]
        _start.start()
    except BaseException as _error:
        # site would show a line and go on, and the trial would run the script's own values.
        _text = type(_error).__name__ + ": " + str(_error)
        sys.stderr.write("nnic: this process can't take part in the trial: " + _text + "\n")
        sys.stderr.flush()
        os._exit(70)

# Whatever other sitecustomize the user's path has, as Python would have found it: the second import
# replaces this module, and its ImportError is what site expects when there is none.
del sys.modules["sitecustomize"]
import sitecustomize  # type: ignore[import-not-found]  # noqa: E402, F401
