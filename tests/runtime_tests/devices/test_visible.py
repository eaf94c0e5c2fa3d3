import pytest

from nnic.runtime.devices.inventory import DevicesError, Gpu
from nnic.runtime.devices.visible import allowed, chosen, order_is_uncertain

GPUS = (
    Gpu("GPU-aaaa1111", "0", "A"),
    Gpu("GPU-aaaa2222", "1", "A"),
    Gpu("GPU-bbbb3333", "2", "A"),
    Gpu("MIG-cccc4444", "3:0", "A", instance=True),
    Gpu("MIG-dddd5555", "3:2", "A", instance=True),
)


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (None, "0 1 2 3:0 3:2"),
        ("", ""),
        ("-1", ""),
        ("NoDevFiles", ""),
        ("0", "0"),
        ("1,0", "1 0"),  # in the order given
        ("0, 2", "0 2"),
        ("0,-1,2", "0"),  # everything behind an invalid entry is hidden
        ("0,9,2", "0"),
        ("0,,2", "0"),
        ("2,x,1", "2"),
        ("1gpu2,2ampere", "1 2"),  # read as strtol does
        ("+1", "1"),
        ("0,0", ""),  # one that comes twice hides all
        ("01", "1"),
        ("3", "3:0 3:2"),
        ("GPU-bbbb3333", "2"),
        ("GPU-b", "2"),
        ("GPU-aaaa", ""),  # means two
        ("GPU-aaaa2,GPU-aaaa1", "1 0"),
        ("GPU-aaaa1,0", "0"),
        ("GPU-aaaa1,GPU-zzzz,GPU-b", "0"),
        ("GPU-aaaa1,GPU-aaaa1111", ""),
        ("0,GPU-aaaa1", "0"),
        ("MIG-cccc4444", "3:0"),
        ("MIG-d,MIG-c", "3:2 3:0"),
    ],
)
def test_the_variable_is_read_as_cuda_reads_it(value, numbers):
    environment = {} if value is None else {"CUDA_VISIBLE_DEVICES": value}
    assert " ".join(gpu.number for gpu in allowed(GPUS, environment)) == numbers


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [((), "1 2"), (("2",), "2"), (("2", "1"), "1 2"), (("GPU-bb",), "2"), (("1", "GPU-aaaa2"), "1")],
)
def test_ids_choose_among_what_is_allowed(ids, numbers):
    assert " ".join(gpu.number for gpu in chosen(GPUS, GPUS[1:3], ids)) == numbers


def test_ids_of_instances():
    assert [g.number for g in chosen(GPUS, GPUS, ("3",))] == ["3:0", "3:2"]
    assert [g.number for g in chosen(GPUS, GPUS, ("3:2",))] == ["3:2"]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (("7",), r"no GPU '7'; there are 0 \(A\), 1 \(A\)"),
        (("GPU-aaaa",), "no GPU 'GPU-aaaa'"),
        (("0",), r"CUDA_VISIBLE_DEVICES does not allow GPU 0; it allows 1 \(A\), 2 \(A\)"),
        (("x",), "no GPU 'x'"),
    ],
)
def test_ids_that_name_nothing_are_refused(ids, words):
    with pytest.raises(DevicesError, match=words):
        chosen(GPUS, GPUS[1:3], ids)


def test_numbers_are_uncertain_only_among_different_gpus():
    mixed = (Gpu("GPU-1", "0", "A"), Gpu("GPU-2", "1", "B"))
    assert order_is_uncertain(mixed, {"CUDA_VISIBLE_DEVICES": "0"})
    assert not order_is_uncertain(mixed, {})
    assert not order_is_uncertain(mixed, {"CUDA_VISIBLE_DEVICES": "GPU-1"})
    assert not order_is_uncertain(mixed, {"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"})
    assert not order_is_uncertain(GPUS, {"CUDA_VISIBLE_DEVICES": "0"})
