"""The passes over a file's IR, in their order."""

from __future__ import annotations

from collections.abc import Callable

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.passes.arguments import evaluate_arguments
from nnic.passes.declarations import check_declarations
from nnic.passes.defaults import find_defaults
from nnic.passes.fields import check_fields
from nnic.passes.formatting import check_formatting
from nnic.passes.jit import check_source_compiled
from nnic.passes.lists import check_lists
from nnic.passes.names import check_names
from nnic.passes.options import check_options
from nnic.passes.outputs import check_outputs
from nnic.passes.overlaps import check_overlaps
from nnic.passes.overwritten import check_overwritten
from nnic.passes.ranges import check_ranges
from nnic.passes.reachable import check_reachable
from nnic.passes.repeats import check_repeated_results
from nnic.passes.restored import check_restored
from nnic.passes.restrictions import resolve_restrictions
from nnic.passes.scales import check_scales
from nnic.passes.shadowed import check_shadowed
from nnic.passes.smart import check_smart_parameters
from nnic.passes.tying import tie_parameters
from nnic.passes.whole_numbers import check_whole_numbers

Pass = Callable[[ModuleIR, Sink], ModuleIR]

PASSES: tuple[Pass, ...] = (
    check_overlaps,  # one annotation a value, before anything is computed for it
    evaluate_arguments,  # numbers and option texts, which all that follows reads
    check_ranges,
    check_options,
    check_fields,
    check_source_compiled,
    check_reachable,
    check_repeated_results,
    check_overwritten,
    check_names,
    check_smart_parameters,
    check_shadowed,
    check_scales,
    check_formatting,
    check_outputs,
    check_restored,
    find_defaults,  # needs the options
    check_lists,  # needs the defaults
    check_whole_numbers,  # needs the defaults
    tie_parameters,  # needs arguments and defaults
    check_declarations,
    resolve_restrictions,  # needs the names and defaults of all parameters
)


def run_passes(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Apply every pass in order."""
    for run in PASSES:
        ir = run(ir, sink)
    return ir
