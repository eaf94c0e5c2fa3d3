"""Search spaces for the conformance suites: ordinary ones, odd ones, random ones."""

from __future__ import annotations

from hypothesis import strategies as st

from nnic.tuners.protocol import Suggestion
from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace, Value

PLANE = SearchSpace((Parameter("x", Sampler.UNIFORM, (0, 1)), Parameter("y", Sampler.UNIFORM, (0, 1))))

MIXED = SearchSpace(
    (
        Parameter("model", Sampler.CHOICE, ("linear", "net", None)),
        Parameter("lr", Sampler.LOGUNIFORM, (1e-6, 1e6)),
        Parameter("width", Sampler.QUNIFORM, (1, 10, 4), integer=True, condition=Condition("model", 1)),
        Parameter("act", Sampler.CHOICE, ("relu", "tanh"), condition=Condition("model", 1)),
        Parameter("slope", Sampler.NORMAL, (0, 2), condition=Condition("act", 0)),
        Parameter("scale", Sampler.QLOGNORMAL, (0, 1, 0.1), condition=Condition("model", 0)),
        Parameter("depth", Sampler.RANDINT, (1, 9)),
    )
)
"""A space with nested conditions, twelve decades, and values of several types."""

EXTREME = SearchSpace(
    (
        Parameter("huge", Sampler.RANDINT, (0, 2**70)),
        Parameter("far", Sampler.RANDINT, (2**60, 2**60 + 5)),
        Parameter("far steps", Sampler.QUNIFORM, (2**60, 2**60 + 20, 5), integer=True),
        Parameter("narrow", Sampler.UNIFORM, (1.0, 1.0 + 1e-12)),
        Parameter("point", Sampler.UNIFORM, (0.3, 0.3)),
        Parameter("certain", Sampler.NORMAL, (1.5, 0.0)),
        Parameter("whole range", Sampler.UNIFORM, (-1.7e308, 1.7e308)),
        Parameter("reversed", Sampler.UNIFORM, (0.05, 0.0001)),
        Parameter("wide step", Sampler.QUNIFORM, (0, 10, 25), integer=True),
        Parameter("decimal", Sampler.QUNIFORM, (0.1, 0.7, 0.1)),
        Parameter("fine", Sampler.QLOGUNIFORM, (1e-6, 1e6, 1e-9)),
        Parameter("steep", Sampler.LOGNORMAL, (0, 300)),
        Parameter("only", Sampler.CHOICE, ("one",)),
        Parameter("alike", Sampler.CHOICE, (1, True, 1.0, "1", None, 1)),
        Parameter("under", Sampler.UNIFORM, (0, 1), condition=Condition("alike", 1)),
        Parameter("coarse", Sampler.QNORMAL, (0, 1, 0.5)),
    )
)

WIDE = SearchSpace(tuple(Parameter(f"p{i}", Sampler.UNIFORM, (0, 1)) for i in range(200)))


def small_space() -> SearchSpace:
    """Make a space of seven configurations: three below one option, four below the other."""
    return SearchSpace(
        (
            Parameter("a", Sampler.CHOICE, ("x", "y")),
            Parameter("b", Sampler.RANDINT, (5, 8), condition=Condition("a", 0)),
            Parameter("c", Sampler.QUNIFORM, (0, 1, 1), integer=True, condition=Condition("a", 1)),
            Parameter("d", Sampler.CHOICE, (True, False), condition=Condition("a", 1)),
        )
    )


def all_of(space: SearchSpace) -> list[Suggestion]:
    """Every configuration of a small space, by brute force over the values of each parameter."""
    configs: list[dict[str, Value]] = [{}]
    for parameter in space:
        values = parameter.options or [v for v in range(-50, 50) if parameter.contains(v)]
        grown = []
        for config in configs:
            active = space.is_active(parameter, config)
            grown += [{**config, parameter.key: v} for v in values] if active else [config]
        configs = grown
    return [Suggestion(config) for config in configs]


def _ranges() -> st.SearchStrategy[tuple[float, float]]:
    finite = st.floats(-1e12, 1e12, allow_subnormal=False)
    return st.tuples(finite, finite)


def _positive() -> st.SearchStrategy[float]:
    return st.floats(1e-9, 1e9)


@st.composite
def _arguments(draw: st.DrawFn, sampler: Sampler) -> tuple[float, ...]:
    if sampler is Sampler.RANDINT:
        low = draw(st.integers(-(2**70), 2**70))
        return (low, low + draw(st.integers(1, 2**66)))
    if sampler.bounded:
        first, second = draw(st.tuples(_positive(), _positive()) if sampler.logarithmic else _ranges())
    else:
        first, second = draw(st.floats(-20, 20)), draw(st.floats(0, 10))
    numbers = (first, second)
    return (*numbers, draw(_positive())) if sampler.quantized else numbers


@st.composite
def parameters(draw: st.DrawFn, key: str, condition: Condition | None = None) -> Parameter:
    """Draw a parameter of any sampler, with arguments of any size."""
    sampler = draw(st.sampled_from(Sampler))
    if sampler is Sampler.CHOICE:
        option: st.SearchStrategy[Value] = st.one_of(
            st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0, "a", "1"])
        )
        return Parameter(
            key, sampler, tuple(draw(st.lists(option, min_size=1, max_size=5))), condition=condition
        )
    if sampler in (Sampler.QUNIFORM, Sampler.QNORMAL) and draw(st.booleans()):
        low, q = draw(st.integers(-(2**64), 2**64)), draw(st.integers(1, 2**40))
        second = low + draw(st.integers(0, 2**60)) if sampler.bounded else draw(st.integers(0, 2**20))
        return Parameter(key, sampler, (low, second, q), integer=True, condition=condition)
    return Parameter(key, sampler, draw(_arguments(sampler)), condition=condition)


@st.composite
def spaces(draw: st.DrawFn) -> SearchSpace:
    """Draw a space of up to eight parameters, with conditions nested as they come."""
    found: list[Parameter] = []
    for number in range(draw(st.integers(1, 8))):
        choices = [p for p in found if p.options]
        condition = None
        if choices and number % 2:
            parent = draw(st.sampled_from(choices))
            condition = Condition(parent.key, draw(st.integers(0, len(parent.options) - 1)))
        found.append(draw(parameters(f"p{number}", condition)))
    return SearchSpace(tuple(found))
