"""Random generators that importing has made: each trial gets its own, as a process of its own would.

What must never be broken here:

- Two trials never continue one generator that nobody has seeded: they would draw the same numbers.
- A generator that some import or the script has seeded to a constant is left as it is, since each process
  would have it so. One is told from the other by its state: it follows from the generator's first state by
  drawing, or it does not.
- Generators are renewed from the trial's own seed, which is the same in each of its attempts.
- Nothing is imported, and no GPU is asked: what the script did not load has no generators.
"""

import sys

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

    def renew(self, seed: "int | None" = None) -> None:
        """Give this process generators of its own; those that no import has seeded."""
        import random

        if self._fixed is not None:
            random.setstate(self._fixed)
        else:
            random.seed(seed)
        if self._renews_numpy:
            sys.modules["numpy.random"].seed(seed)
        if self._renews_torch:
            # This is the generator on CPUs; those of GPUs are made in the trial.
            torch = sys.modules["torch"].default_generator
            if seed is None:
                torch.seed()
            else:
                torch.manual_seed(seed)

    def _follows(self, random: "Any") -> bool:
        wanted = random.getstate()[1][:-1]
        trail = random.Random()
        trail.setstate(self._first)
        return _meets(wanted, lambda: trail.getstate()[1][:-1], lambda: trail.getrandbits(32 * 624))


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
