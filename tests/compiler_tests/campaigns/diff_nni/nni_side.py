"""What NNI makes of folders of annotated files. Runs under the Python that NNI is installed for.

``python nni_side.py FOLDER RESULT``: every folder in FOLDER/code is one experiment's; ``runnable.json`` lists
those whose ``main.py`` is to be run. RESULT gets a JSON object by their names: ``space`` and ``runs``, with
``unfit`` where no trial could run, or ``refused``.
"""

import contextlib
import importlib.util
import io
import json
import os
import random
import sys
import types

import astor

VALIDATION = types.ModuleType("validation")
RUNNABLE = set()
NUMBERS = ("randint", "uniform", "quniform", "loguniform", "qloguniform")
NUMBERS += ("normal", "qnormal", "lognormal", "qlognormal")


def load():
    """NNI's annotation package alone; the rest of NNI needs much that has no part in this."""
    folder = os.path.join(os.path.dirname(os.path.dirname(astor.__file__)), "nni")
    for name, path in (("nni", [folder]), ("nni.tools.nnictl", []), ("nni.tools.nnictl.common_utils", [])):
        module = types.ModuleType(name)
        module.__path__ = path
        sys.modules[name] = module
    sys.modules["nni.tools.nnictl.common_utils"].print_warning = print
    from nni.tools import annotation

    path = os.path.join(folder, "common", "hpo_utils", "validation.py")
    specification = importlib.util.spec_from_file_location("validation", path)
    specification.loader.exec_module(VALIDATION)
    return annotation


class Standin(types.ModuleType):
    """NNI's trial module with the values of one trial, as ``nni.smartparam`` treats them."""

    def __init__(self, values):
        super().__init__("nni")
        self._values = values
        for word in NUMBERS:
            setattr(self, word, self._number)

    def _number(self, *arguments, name=None, key=None):
        return self._values[key]

    def choice(self, options, name=None, key=None):
        return options[self._values[key]]

    def function_choice(self, functions, name=None, key=None):
        return functions[self._values[key]]()

    def mutable_layer(self, block, layer, functions, keywords, fixed, optional, size, mode):
        assert mode == "classic_mode", mode
        chosen = self._values[block][layer]
        inputs = [optional[text] for text in chosen["chosen_inputs"]]
        return functions[chosen["chosen_layer"]]([fixed, inputs], **keywords[chosen["chosen_layer"]])

    def get_next_parameter(self):
        return dict(self._values)

    def report_intermediate_result(self, metric):
        print("intermediate", metric)

    def report_final_result(self, metric):
        print("final", metric)

    def training_update(self, *arguments):
        pass


def draw(entry, rng):
    """A value that a tuner may choose."""
    kind, values = entry["_type"], entry["_value"]
    if kind == "mutable_layer":
        return {name: layer(data, rng) for name, data in values.items()}
    if kind == "choice":
        return rng.choice(values)
    if kind == "randint":
        return rng.randrange(values[0], max(values[1], values[0] + 1))
    return round(rng.uniform(values[0], values[1]), 6)


def layer(data, rng):
    """An operation and a subset of the inputs, in the order of the inputs."""
    size, inputs = data["optional_input_size"], data["optional_inputs"]
    count = rng.randint(*(size if isinstance(size, list) else [size, size]))
    chosen = sorted(rng.sample(range(len(inputs)), count))
    return {"chosen_layer": rng.choice(data["layer_choice"]), "chosen_inputs": [inputs[i] for i in chosen]}


def run(folder, values):
    """What ``main.py`` of an expanded folder prints."""
    before = set(sys.modules)
    own = sys.modules["nni"]
    sys.modules["nni"] = Standin(values)
    sys.path.insert(0, folder)
    output = io.StringIO()
    try:
        with open(os.path.join(folder, "main.py"), encoding="utf-8") as file:
            code = compile(file.read(), "main.py", "exec")
        with contextlib.redirect_stdout(output):
            exec(code, {"__name__": "__main__"})
        return {"output": output.getvalue()}
    except Exception as error:
        return {"output": output.getvalue(), "error": type(error).__name__}
    finally:
        sys.path.remove(folder)
        sys.modules["nni"] = own
        for name in set(sys.modules) - before:
            del sys.modules[name]


def reason(error):
    """What NNI's refusal began with; where it reports an assertion it often fails again."""
    while error.__context__ is not None:
        error = error.__context__
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def problem(space, folder):
    """Why no trial can run: NNI's tuners refuse the space, or Python the expanded code; or ``None``."""
    try:
        # Of options it warns needlessly: None and the like can be chosen.
        numbers = {
            k: entry for k, entry in space.items() if entry["_type"] not in ("choice", "mutable_layer")
        }
        VALIDATION.validate_search_space(numbers, raise_exception=True)
    except ValueError as error:
        return f"tuners: {error}"
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".py"):
                with open(os.path.join(path, name), encoding="utf-8") as file:
                    try:
                        compile(file.read(), name, "exec", dont_inherit=True)
                    except SyntaxError as error:
                        return f"SyntaxError: {error.msg}"
    return None


def examine(annotation, source, target, name):
    """What NNI makes of one folder."""
    try:
        annotation.expand_annotations(source, target, nas_mode="classic_mode")
    except Exception as error:
        return {"refused": reason(error)}
    try:
        space = annotation.generate_search_space(target)
    except Exception as error:
        return {"refused": f"expanded: {reason(error)}"}
    try:
        text = json.dumps(space, allow_nan=False)
    except (TypeError, ValueError) as error:
        return {"refused": f"no JSON: {error}"}
    result = {"space": json.loads(text), "runs": []}
    unfit = problem(space, target)
    if unfit is not None:
        result["unfit"] = unfit
    elif name in RUNNABLE:
        rng = random.Random(name)
        for _ in range(2):
            values = {key: draw(entry, rng) for key, entry in space.items()}
            result["runs"].append(dict(run(target, values), values=values))
    return result


def main():
    """Examine every folder."""
    annotation = load()
    folder, result = sys.argv[1:]
    with open(os.path.join(folder, "runnable.json"), encoding="utf-8") as file:
        RUNNABLE.update(json.load(file))
    found = {}
    for name in sorted(os.listdir(os.path.join(folder, "code"))):
        source = os.path.join(folder, "code", name)
        found[name] = examine(annotation, source, os.path.join(folder, "expanded", name), name)
    with open(result, "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main()
