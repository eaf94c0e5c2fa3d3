"""What compiled text does when it runs: one option, the chosen one, in every kind of scope."""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any

import pytest

from nnic.compile.compile_source import compile_source
from nnic.source import SourceFile


class Trial(types.ModuleType):
    """A stand-in for ``nnic.runtime.trial``."""

    def __init__(self, values: dict[str, Any], options: dict[str, int]) -> None:
        super().__init__("nnic.runtime.trial")
        self.values, self.options = values, options
        self.reports: list[Any] = []

    def has(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str) -> Any:
        return self.values[key]

    def is_(self, key: str, index: int) -> bool:
        return self.options.get(key) == index

    def own(self, key: str, value: Any) -> Any:
        return value

    def get_next_parameter(self) -> dict[str, Any]:
        return self.values

    def report_intermediate_result(self, metric: Any) -> None:
        self.reports.append(metric)

    def report_final_result(self, metric: Any) -> None:
        self.reports.append(("final", metric))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(text: str, values: dict[str, Any] | None = None, options: dict[str, int] | None = None) -> Any:
        result = compile_source(SourceFile.decode(text.encode(), "t.py"), "t")
        assert result.emission is not None, [d.message for d in result.diagnostics]
        trial = Trial(values or {}, options or {})
        monkeypatch.setitem(sys.modules, "nnic.runtime.trial", trial)
        import nnic.runtime

        monkeypatch.setattr(nnic.runtime, "trial", trial, raising=False)
        space: dict[str, Any] = {"log": [], "__name__": "t"}
        space["use"] = lambda value: space["log"].append(value) or value
        exec(compile(result.emission.text, "t.py", "exec"), space)
        space["trial"] = trial
        return space

    return run


MODULE = """
x = use(0)  # @nni.choice(use(1), use(2), name=x)
y = use(5)  # @nni.variable(nni.uniform(0, 9), name=y)
"""


@pytest.mark.parametrize(("chosen", "log"), [(None, [0, 5]), (0, [1, 5]), (1, [2, 5])])
def test_only_one_option_is_evaluated(run: Any, chosen: int | None, log: list[int]) -> None:
    options = {} if chosen is None else {"t/x/choice": chosen}
    assert run(MODULE, options=options)["log"] == log


def test_numbers_replace_the_original(run: Any) -> None:
    space = run(MODULE, {"t/y/uniform": 0.25})
    assert space["y"] == 0.25
    assert space["log"] == [0]


SCOPES = """
import asyncio
class Base:
    def name(self): return "base"
class Net(Base):
    __secret = 1  # @nni.choice(1, 2)
    width = __secret  # @nni.choice(__secret, __secret + 1)
    def name(self):
        n = super().name()  # @nni.choice(super().name(), super().name().upper(), name=n)
        return n
    def secret(self): return self.__secret
def numbers():
    got = yield 1  # @nni.choice((yield 2), (yield 3))
    yield got
# @nni.function_choice(str(i), repr(str(i)), name=str)
listed = [str(i) for i in range(2)]
# @nni.function_choice(len(q), -len(q), name=len)
key = lambda q: len(q)
async def wait(value):
    await asyncio.sleep(0)
    return value
async def main():
    a = await wait(1)  # @nni.variable(nni.choice(await wait(2), await wait(3)), name=a)
    return a
def outer():
    count = 0
    def inner():
        nonlocal count
        count = 1  # @nni.choice(1, count + 10)
        global shared
        shared = 1  # @nni.choice(1, 7)
    inner()
    return count
"""


@pytest.mark.parametrize("chosen", [None, 0, 1])
def test_every_scope(run: Any, chosen: int | None) -> None:
    names = ["__secret", "width", "n", "got", "a", "count", "shared"]
    keys = [f"t/{n}/choice" for n in names] + ["t/str/function_choice", "t/len/function_choice"]
    space = run(SCOPES, options={} if chosen is None else dict.fromkeys(keys, chosen))
    second = chosen == 1
    net = space["Net"]()
    assert (net.secret(), net.width) == ((2, 3) if second else (1, 1))
    assert net.name() == ("BASE" if second else "base")
    generator = space["numbers"]()
    assert next(generator) == {None: 1, 0: 2, 1: 3}[chosen]
    assert generator.send("sent") == "sent"
    assert space["listed"] == (["'0'", "'1'"] if second else ["0", "1"])
    assert space["key"]("abc") == (-3 if second else 3)
    assert asyncio.run(space["main"]()) == {None: 1, 0: 2, 1: 3}[chosen]
    assert space["outer"]() == (10 if second else 1)
    assert space["shared"] == (7 if second else 1)


def test_reports_run_where_they_stand(run: Any) -> None:
    text = '''
"""@nni.get_next_parameter()"""
for step in range(3):
    loss = 10 - step
    # @nni.report_intermediate_result(loss)
if loss: done = loss  # @nni.report_intermediate_result({"default": done})
def end(x):
    """@nni.report_final_result(x)"""
    return x
end(loss)
'''
    space = run(text)
    assert space["trial"].reports == [10, 9, 8, {"default": 8}, ("final", 8)]
    assert space["end"].__doc__ == "@nni.report_final_result(x)"


def test_no_import_is_needed_before_its_place(run: Any) -> None:
    text = "class A:\n    lr = 0.1  # @nni.uniform(0, 1)\n    act = 'a'  # @nni.choice('a', 'b')\n"
    space = run(text, {"t/lr/uniform": 0.7}, {"t/act/choice": 1})
    assert (space["A"].lr, space["A"].act) == (0.7, "b")


def test_docstrings_and_future_imports_stay(run: Any) -> None:
    text = '"""Doc."""\nfrom __future__ import annotations\nx: undefined = 1  # @nni.choice(1, 2)\n'
    space = run(text, options={"t/x/choice": 1})
    assert space["__doc__"] == "Doc."
    assert space["x"] == 2


LAYERS = """\
def conv(inputs, size=1):
    return use(("conv", inputs, size))
def pool(inputs):
    return use(("pool", inputs))
a, b, c = "a", "b", "c"
y = "own"
'''@nni.mutable_layers(
    {layer_choice: [conv(size=use(3)), pool()], fixed_inputs: [a], optional_inputs: [b, c],
     optional_input_size: [0, 2], layer_output: y},
    {layer_choice: [conv(size=5), pool()], optional_inputs: [y], optional_input_size: 1, layer_output: z})'''
"""
BLOCK = "t/mutable_block_10/mutable_layer_"


def test_layers_call_the_chosen_operation_with_the_chosen_inputs(run: Any) -> None:
    alone = run(LAYERS)
    assert (alone["y"], "z" in alone, alone["log"]) == ("own", False, [])
    first = f"{BLOCK}0/layer_choice"
    options = {first: 0, f"{BLOCK}0/optional_inputs": 3, f"{BLOCK}1/layer_choice": 1}
    space = run(LAYERS, dict.fromkeys(options, "-"), options)
    assert space["y"] == ("conv", [["a"], ["b", "c"]], 3)
    assert space["z"] == ("pool", [[], [space["y"]]])
    assert space["log"] == [3, space["y"], space["z"]]
    with pytest.raises(KeyError, match="optional_inputs"):
        run(LAYERS, {first: "-"}, {first: 1})


def test_a_layer_in_a_function_binds_its_local_name(run: Any) -> None:
    text = (
        "def op(inputs):\n    return inputs\n"
        "def f():\n    y = 1\n"
        "    # @nni.mutable_layers({layer_choice: [op()], fixed_inputs: [y], layer_output: y})\n"
        "    return y\n"
        "x = f()\n"
    )
    assert run(text)["x"] == 1
    key = "t/mutable_block_5/mutable_layer_0/layer_choice"
    assert run(text, {key: "op()"}, {key: 0})["x"] == [[1], []]


NESTED = """\
# @nni.choice(use(1), use(2 + nni.uniform(0, 1)),
#             (lambda: use(nni.choice(3, use(nni.randint(4, 9)))))(), name=x)
x = use(0)
"""


def test_nested_samplers_are_read_within_their_option_alone(run: Any) -> None:
    key = "t/x/choice"
    assert run(NESTED)["log"] == [0]
    assert run(NESTED, {}, {key: 0})["log"] == [1]
    assert run(NESTED, {f"{key}/1/0.right/uniform": 0.5}, {key: 1})["log"] == [2.5]
    inner = f"{key}/2/func.body.0/choice"
    assert run(NESTED, {}, {key: 2, inner: 0})["log"] == [3]
    assert run(NESTED, {f"{inner}/1/0/randint": 7}, {key: 2, inner: 1})["log"] == [7, 7]
    with pytest.raises(KeyError, match="uniform"):
        run(NESTED, {}, {key: 1})


CLASS_KEYWORD = """\
class A:
    def __init_subclass__(cls, k): cls.k = k
class B(A, k=use(0)):  # @nni.choice(use(1), use(2), name=k)
    pass
x = B.k
"""
DECORATOR = """\
def deco(*, k): return lambda f: k
@deco(k=use(0))  # @nni.choice(use(1), use(2), name=k)
def x(): pass
"""


@pytest.mark.parametrize(
    ("text", "key", "own", "given"),
    [
        ("x = dict(a=use(0))  # @nni.choice(use(1), use(2), name=a)\n", "t/x.a/choice", {"a": 0}, {"a": 2}),
        (
            "x = {\n  'a': use(0)  # @nni.choice(use(1), use(2), name=a)\n}\n",
            "t/x['a']/choice",
            {"a": 0},
            {"a": 2},
        ),
        (
            "def f(a=use(0), *,  # @nni.choice(use(1), use(2), name=a)\n      b=3): return a\nx = f()\n",
            "t/f.a/choice",
            0,
            2,
        ),
        ("f = lambda a=use(0): a  # @nni.choice(use(1), use(2), name=a)\nx = f()\n", "t/f.a/choice", 0, 2),
        (CLASS_KEYWORD, "t/B.k/choice", 0, 2),
        (DECORATOR, "t/deco.k/choice", 0, 2),
        ("x = use(0)  # @nni.choice(use(1), use(2), label='wide/r'[:4])\n", "", 0, 0),
        ("x = use(0)  # @nni.choice(use(1), use(2), label='wide')\n", "*/wide/choice", 0, 2),
    ],
)
def test_every_slot_gives_one_value(run: Any, text: str, key: str, own: Any, given: Any) -> None:
    if not key:
        with pytest.raises(AssertionError, match="label= must be a string"):
            run(text)
        return
    assert (run(text)["x"], run(text)["log"]) == (own, [0])
    space = run(text, {}, {key: 1})
    assert (space["x"], space["log"]) == (given, [2])


def test_an_operation_of_a_layer_may_hold_a_sampler(run: Any) -> None:
    options = "[op(rate=nni.uniform(0, 1)), op(rate=2)]"
    text = (
        "def op(inputs, rate):\n    return rate\n"
        f"'''@nni.mutable_layers({{layer_choice: {options}, layer_output: y}})'''\n"
    )
    key = "t/mutable_block_3/mutable_layer_0/layer_choice"
    assert run(text, {key: "-", f"{key}/0/rate/uniform": 0.25}, {key: 0})["y"] == 0.25
    assert run(text, {key: "-"}, {key: 1})["y"] == 2
