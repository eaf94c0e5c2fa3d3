"""Random generators that importing has made: each trial gets its own, as a process of its own would.

What must never be broken here:

- Two trials never continue one generator that nobody has seeded: they would draw the same numbers.
- A generator that some import or the script has seeded to a constant is left as it is, since each process
  would have it so. One is told from the other by its state: it follows from the generator's first state by
  drawing, or it does not.
- A generator that nobody has seeded begins with the system's entropy, as in a process of its own: it differs
  from trial to trial and from run to run.
- Generator objects that were made without a seed (``default_rng()``, ``random.Random()``) are renewed too.
- Nothing is imported, and no GPU is asked: what the script did not load has no generators.
"""

import sys

from nnic.runtime.trial import stdlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Draws are followed as far as this many fillings (of 624 words) of the generator.
_FOLLOWED = 64


class Generators:
    """What is known of the process' global generators since its start."""

    def __init__(self) -> None:
        import random

        self._first = random.getstate()
        self._fixed: Any = None
        # The names of those that were drawn from without a seed.
        self.drawn: list[str] = []
        self._renews_numpy = False
        self._renews_torch = False
        self._made: list[Any] = []
        self._objects = UnseededObjects()

    def note(self) -> None:
        """Take note of what importing has done; called before forking."""
        import random

        # Python itself reseeds this generator in every forked process.
        if not self._follows(random):
            self._fixed = random.getstate()
        elif random.getstate() != self._first:
            self.drawn.append("random")
        numpy = sys.modules.get("numpy.random")
        self._renews_numpy = numpy is not None and _numpy_follows(numpy)
        if self._renews_numpy and _numpy_moved(numpy):
            self.drawn.append("numpy.random")
        torch = getattr(sys.modules.get("torch"), "default_generator", None)
        # By itself torch begins with 53 bits or more of the system's entropy; people take smaller seeds.
        self._renews_torch = torch is not None and torch.initial_seed() >= 1 << 32
        if torch is not None and self._renews_torch and _torch_moved(torch):
            self.drawn.append("torch")
        self._made = [] if numpy is None else _list_unseeded(numpy)
        self._objects.stop()

    def renew(self) -> None:
        """Give this process generators of its own; those that no import has seeded."""
        import random

        if self._fixed is not None:
            random.setstate(self._fixed)
        else:
            random.seed()
        if self._renews_numpy:
            sys.modules["numpy.random"].seed()
        for generator in self._made:
            generator.state = type(generator)().state
        self._objects.renew()
        if self._renews_torch:
            # This is the generator on CPUs; those of GPUs are made in the trial.
            sys.modules["torch"].default_generator.seed()

    def _follows(self, random: "Any") -> bool:
        wanted = random.getstate()[1][:-1]
        trail = random.Random()
        trail.setstate(self._first)
        return _meets(wanted, lambda: trail.getstate()[1][:-1], lambda: trail.getrandbits(32 * 624))


class UnseededObjects:
    """The ``random.Random`` objects that are made without a seed, from now until :meth:`stop`.

    Their state does not tell that nobody has seeded them, so this notes who calls ``seed``.
    """

    def __init__(self) -> None:
        import random

        ref = stdlib.load("_weakref", "weakref", "ref").ref
        self._plain = seed, set_state = random.Random.seed, random.Random.setstate
        # By identity, since a subclass may compare its objects in its own way.
        self._found: dict[int, Any] = {}
        found = self._found

        def noting_seed(self: "Any", a: "Any" = None, version: int = 2) -> None:
            seed(self, a, version)
            if a is None:
                found[id(self)] = ref(self)
            else:
                found.pop(id(self), None)

        def noting_setstate(self: "Any", state: "Any") -> None:
            set_state(self, state)
            found.pop(id(self), None)

        random.Random.seed, random.Random.setstate = noting_seed, noting_setstate  # type: ignore[method-assign]

    def stop(self) -> None:
        """Leave the class as it was."""
        import random

        random.Random.seed, random.Random.setstate = self._plain  # type: ignore[method-assign]

    def renew(self) -> None:
        """Seed the objects that are left with the system's entropy."""
        for generator in [reference() for reference in self._found.values()]:
            if generator is not None:
                self._plain[0](generator)


def _numpy_follows(numpy: "Any") -> bool:
    """Whether numpy's global generator is in a state that follows from its first, random one."""
    generator = numpy.mtrand._rand._bit_generator
    sequence = getattr(generator, "seed_seq", None) or getattr(generator, "_seed_seq", None)
    if sequence is None or type(generator).__name__ != "MT19937":
        return False
    trail = numpy.MT19937(sequence)

    def words(which: "Any") -> "Any":
        return tuple(which.state["state"]["key"].tolist())

    return _meets(words(generator), lambda: words(trail), lambda: trail.random_raw(624))


def _list_unseeded(numpy: "Any") -> "list[Any]":
    """List the bit generators that were made without a seed, but for the global one."""
    import gc

    own = numpy.mtrand._rand._bit_generator
    kinds = {numpy.MT19937, numpy.PCG64, numpy.PCG64DXSM, numpy.Philox, numpy.SFC64}
    found = []
    for generator in gc.get_objects():
        if type(generator) in kinds and generator is not own:
            sequence = getattr(generator, "seed_seq", None) or getattr(generator, "_seed_seq", None)
            entropy = getattr(sequence, "entropy", None)
            # By itself numpy takes 128 bits of the system's entropy; people take smaller seeds.
            if isinstance(entropy, int) and entropy >= 1 << 64:
                found.append(generator)
    return found


def _numpy_moved(numpy: "Any") -> bool:
    generator = numpy.mtrand._rand._bit_generator
    sequence = getattr(generator, "seed_seq", None) or generator._seed_seq
    fresh, now = numpy.MT19937(sequence).state["state"], generator.state["state"]
    return bool(fresh["pos"] != now["pos"] or (fresh["key"] != now["key"]).any())


def _torch_moved(generator: "Any") -> bool:
    fresh = type(generator)().manual_seed(generator.initial_seed())
    return bool((fresh.get_state() != generator.get_state()).any())


def _meets(wanted: "Any", words: "Any", advance: "Any") -> bool:
    for _ in range(_FOLLOWED):
        if words() == wanted:
            return True
        advance()
    return words() == wanted  # type: ignore[no-any-return]
