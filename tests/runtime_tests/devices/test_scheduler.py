from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnic.runtime.devices.inventory import Process
from nnic.runtime.devices.scheduler import Grant, Holding, Refusal, Request, Slot, State, schedule

GIB = 1 << 30


def slots(count, **more):
    return tuple(Slot(f"GPU-{n}", str(n), **more) for n in range(count))


def ask(trial=9, gpus=1, **more):
    return Request(trial, gpus, **more)


def answer(state, request):
    (given,) = schedule(state, (request,))
    return given


def why(state, request):
    given = answer(state, request)
    assert isinstance(given, Refusal)
    return given.reason


def test_one_gpu_on_a_machine_with_one_is_given():
    assert answer(State(slots(1)), ask()) == Grant(("GPU-0",))


def test_trials_spread_before_they_share():
    half = Fraction(1, 2)
    state = State(slots(2), (Holding(1, ("GPU-0",), half),), trials_per_gpu=2)
    given = schedule(state, [ask(n, part=half) for n in range(2, 6)])
    assert given[:3] == (Grant(("GPU-1",)), Grant(("GPU-0",)), Grant(("GPU-1",)))
    assert given[3].reason == "waits for a GPU: GPU 0 runs trials #1 and #3; GPU 1 runs trials #2 and #4"


def test_a_trial_without_gpus_needs_none():
    assert answer(State(), ask(gpus=0)) == Grant()
    assert answer(State(slots(1, lost="GPU is lost")), ask(gpus=0)) == Grant()


def test_tenths_add_up_exactly():
    tenth = Fraction(1, 10)
    given = schedule(State(slots(1), trials_per_gpu=10), [ask(n, part=tenth) for n in range(11)])
    assert [isinstance(one, Grant) for one in given] == [True] * 10 + [False]


@pytest.mark.parametrize(
    ("slot", "reason"),
    [({"strangers": (Process(1234, 3328599654),)}, "GPU 0 is used by another program (pid 1234, 3.1 GiB)"),
     ({"strangers": (Process(12), Process(34, 5 << 20))},
      "GPU 0 is used by 2 other programs (pids 12 and 34, 5 MiB)"),
     ({"lost": "GPU is lost"}, "GPU 0 is lost (GPU is lost)")],
)  # fmt: skip
def test_why_a_gpu_cannot_be_had(slot, reason):
    assert why(State(slots(1, **slot)), ask()) == f"waits for a GPU: {reason}"


def test_the_reasons_of_many_gpus_stay_short():
    state = State(slots(8, lost="x"))
    assert why(state, ask(gpus=2)) == (
        "waits for 2 GPUs: GPU 0 is lost (x); GPU 1 is lost (x); GPU 2 is lost (x); and 5 more are taken"
    )


def test_what_no_end_of_a_trial_could_change_is_said():
    assert answer(State(slots(1, lost="x")), ask()).never
    assert answer(State(slots(1)), ask(gpus=2)).never
    assert answer(State(), ask()) == Refusal("waits for a GPU: there is none that it could use", True)
    assert not answer(State(slots(1), (Holding(1, ("GPU-0",), Fraction(1)),)), ask()).never
    assert not answer(State(slots(1, strangers=(Process(1),))), ask()).never


def test_gpus_of_other_programs_are_used_when_that_is_asked_for_but_last():
    busy = Slot("GPU-0", "0", strangers=(Process(1),))
    state = State((busy, Slot("GPU-1", "1")), use_active=True)
    assert schedule(state, [ask(1), ask(2)]) == (Grant(("GPU-1",)), Grant(("GPU-0",)))


def test_cuda_gives_a_process_one_instance_only():
    state = State(slots(2, instance=True))
    assert answer(state, ask()) == Grant(("GPU-0",))
    assert answer(state, ask(gpus=2)).never


def test_a_big_request_keeps_its_gpus_from_small_ones_behind_it():
    state = State(slots(3), (Holding(1, ("GPU-0",), Fraction(1)),))
    given = schedule(state, [ask(2, gpus=3), ask(3), ask(4)])
    assert given[1].reason.endswith("GPU 1 is kept for trial #2; GPU 2 is kept for trial #2")
    given = schedule(state, [ask(None, gpus=2), ask(2, gpus=2), ask(3)])
    assert given[0] == Grant(("GPU-1", "GPU-2"))
    assert isinstance(given[2], Refusal)


def packing(peak, room, *trials, limit=4):
    on = tuple(Holding(trial, ("GPU-0",), Fraction(1, limit)) for trial in trials)
    return State(slots(1, room_bytes=room), on, limit, packs=True, peak_bytes=peak)


def test_gpus_are_shared_as_far_as_their_memory_reaches():
    quarter = {"part": Fraction(1, 4)}
    assert answer(packing(None, 0), ask(**quarter)) == Grant(("GPU-0",))  # the first on an empty one
    assert why(packing(None, 9 * GIB, 0), ask(**quarter)).endswith(
        "GPU 0 runs trial #0, and what memory a trial takes is known when the first has ended"
    )
    assert why(packing(5 * GIB, 2 * GIB, 3), ask(**quarter)) == (
        "waits for a GPU: GPU 0 has 2.0 GiB left beside trial #3, and a trial takes up to 5.0 GiB"
    )
    assert answer(packing(5 * GIB, None, 3), ask(**quarter)) == Grant(("GPU-0",))
    given = schedule(packing(3 * GIB, 7 * GIB, 1), [ask(n, **quarter) for n in (2, 3, 4)])
    assert [isinstance(one, Grant) for one in given] == [True, True, False]


def test_after_running_out_of_memory_a_trial_gets_a_gpu_of_its_own():
    quarter = Fraction(1, 4)
    state = packing(GIB, 90 * GIB, 1)
    assert why(state, ask(2, part=quarter, alone=True)) == ("waits for a GPU of its own: GPU 0 runs trial #1")
    alone, after = schedule(packing(GIB, 90 * GIB), [ask(2, part=quarter, alone=True), ask(3, part=quarter)])
    assert alone == Grant(("GPU-0",))
    assert after.reason.endswith("GPU 0 runs trial #2 alone, which ran out of memory before")


def test_cpus_are_counted():
    state = State(holdings=(Holding(1, cpus=2), Holding(2, cpus=1)), cpus=4)
    assert answer(state, ask(gpus=0, cpus=1)) == Grant()
    assert why(state, ask(gpus=0, cpus=2)) == "waits for 2 CPUs: trials #1 and #2 have 3 of 4"
    alone = State(holdings=(Holding(1, cpus=1),), cpus=1)
    assert why(alone, ask(gpus=0, cpus=1)) == "waits for a CPU: trial #1 has 1 of 1"
    given = schedule(state, [ask(3, gpus=0, cpus=2), ask(4, gpus=0, cpus=1)])
    assert isinstance(given[1], Refusal)


# Properties

parts = st.sampled_from([Fraction(1, n) for n in (1, 2, 3, 4, 7, 10)] + [Fraction(2, 3), Fraction(9, 10)])


@st.composite
def requests(draw, trial):
    gpus = draw(st.integers(0, 3))
    part = draw(parts) if gpus == 1 else Fraction(1)
    return Request(trial, gpus, part, draw(st.booleans()) and gpus > 0, draw(st.integers(0, 2)))


@st.composite
def machines(draw):
    made = [
        Slot(
            f"GPU-{n}",
            str(n),
            draw(st.sampled_from(["", "", "", "", "GPU is lost"])),
            draw(st.sampled_from([(), (), (), (Process(1, GIB),)])),
            draw(st.sampled_from([None, 4 * GIB, 9 * GIB])),
            draw(st.sampled_from([False, False, True])),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    return State(
        tuple(made),
        (),
        draw(st.integers(1, 12)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from([None, 0, GIB, 5 * GIB])),
        draw(st.sampled_from([None, 2, 4])),
    )


def held(request, grant):
    return Holding(request.trial, grant.uuids, request.part, request.alone, request.cpus)


def check(state, holdings):
    """Nothing that runs has more than there is."""
    by_uuid = {slot.uuid: slot for slot in state.slots}
    for uuid, slot in by_uuid.items():
        on = [h for h in holdings if uuid in h.uuids]
        assert sum(h.part for h in on) <= 1
        assert len(on) <= state.trials_per_gpu
        assert not any(h.alone for h in on) or len(on) == 1
        assert not on or not slot.lost
        assert not on or state.use_active or not slot.strangers
        if state.packs and slot.room_bytes is not None and len(on) > 1:
            assert state.peak_bytes * len(on) <= max(slot.room_bytes, state.peak_bytes)
    for holding in holdings:
        assert len(set(holding.uuids)) == len(holding.uuids)
        assert len(holding.uuids) <= 1 or not any(by_uuid[uuid].instance for uuid in holding.uuids)
    assert state.cpus is None or sum(h.cpus for h in holdings) <= state.cpus


@given(state=machines(), data=st.data())
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_given_twice_and_the_answer_is_always_the_same(state, data):
    wanted = [data.draw(requests(n)) for n in range(data.draw(st.integers(0, 8)))]
    given = schedule(state, wanted)
    assert given == schedule(state, list(wanted))
    assert len(given) == len(wanted)
    granted = [held(r, g) for r, g in zip(wanted, given) if isinstance(g, Grant)]
    check(state, granted)
    for request, one in zip(wanted, given):
        assert isinstance(one, Grant) or one.reason.startswith("waits for ")
        assert not isinstance(one, Grant) or len(one.uuids) == request.gpus


class Machine:
    """Plays trials of given lengths under the scheduler with a clock of its own."""

    def __init__(self, state):
        self.state = state
        self.time = 0
        self.running = {}  # holding: when it ends
        self.started = {}  # trial: when

    def step(self, waiting, length):
        self.time += 1
        self.running = {h: end for h, end in self.running.items() if end > self.time}
        # Rooms are what the machine reports of those that run.
        state = State(
            tuple(self.slot(slot) for slot in self.state.slots),
            tuple(self.running),
            self.state.trials_per_gpu,
            self.state.use_active,
            self.state.packs,
            self.state.peak_bytes,
            self.state.cpus,
        )
        for request, one in zip(list(waiting), schedule(state, waiting)):
            if isinstance(one, Grant):
                waiting.remove(request)
                self.running[held(request, one)] = self.time + length(request)
                self.started[request.trial] = self.time
            assert not (isinstance(one, Refusal) and one.never)
        check(self.state, list(self.running))

    def slot(self, slot):
        if slot.room_bytes is None:
            return slot
        on = sum(slot.uuid in holding.uuids for holding in self.running)
        used = on * (self.state.peak_bytes or 0)
        return Slot(slot.uuid, slot.number, room_bytes=slot.room_bytes - used, instance=slot.instance)


@given(data=st.data(), count=st.integers(1, 4), per_gpu=st.integers(1, 12), packs=st.booleans())
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_small_requests_never_starve_a_big_one(data, count, per_gpu, packs):
    state = State(slots(count, room_bytes=10 * GIB), (), per_gpu, False, packs, 3 * GIB)
    machine = Machine(state)
    small = iter(range(1000))
    waiting = []
    big = Request(1000, data.draw(st.integers(1, count)), Fraction(1), data.draw(st.booleans()))
    lengths = data.draw(st.lists(st.integers(1, 9), min_size=5, max_size=20))
    arrive = data.draw(st.integers(0, 9))
    for moment in range(60):
        if moment == arrive:
            waiting.append(big)
        # Ever more small ones than fit, all behind it once it is there.
        waiting += [Request(next(small), 1, data.draw(parts)) for _ in range(count)][
            : max(0, 12 - len(waiting))
        ]
        machine.step(waiting, lambda request: lengths[request.trial % len(lengths)])
    # Every trial lasts nine ticks at most, and those before it in the queue may go first.
    assert 1000 in machine.started


@given(count=st.integers(1, 3), part=parts, jobs=st.integers(1, 40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_parts_fill_a_gpu_to_the_last(count, part, jobs):
    given = schedule(State(slots(count), trials_per_gpu=1 // part), [ask(n, part=part) for n in range(jobs)])
    on = Counter(one.uuids[0] for one in given if isinstance(one, Grant))
    assert sum(on.values()) == min(jobs, count * (1 // part))
