"""The help pages: commands and options in groups, and examples.

What is not named here stands in a group of its own, so that a new command or option is never missing.
"""

from __future__ import annotations

COMMAND_GROUPS = (
    ("Annotate a script", ("lint", "explain", "compile")),
    ("Search", ("run", "resume", "tuners")),
    ("Look at results", ("status", "trials", "logs", "best", "importance")),
    ("Use results", ("apply", "export")),
    ("Change a run", ("stop", "update", "enqueue", "retry", "discard", "import")),
    ("Maintenance", ("clean", "backup", "doctor")),
)
OTHER_COMMANDS = "Other commands"

_LIMITS = ("trials", "time", "trial_time", "linger", "jobs", "keep_going")
# The options of a command by the names of their parameters; those of no group come last.
OPTION_GROUPS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "run": (
        ("What is run", ("module", "named_script", "code_dir", "space", "python")),
        (
            "The search",
            ("name", "maximize", "metric", "tuner", "tuner_arg", "assessor", "assessor_arg", "seed"),
        ),
        ("Limits", _LIMITS),
        ("What is known before", ("warm_start", "imported", "enqueue", "assume")),
        (
            "Devices and processes",
            (
                *("gpus_per_trial", "gpu_ids", "max_trials_per_gpu", "use_active_gpus", "cpus_per_trial"),
                "share",
            ),
        ),
        ("Output", ("quiet", "format")),
    ),
    "resume": (("Limits", _LIMITS), ("Output", ("quiet", "format"))),
    "lint": (
        ("Fixes", ("fix", "unsafe_fixes", "diff")),
        ("What is reported", ("select", "ignore", "force_exclude")),
        ("Output", ("format", "no_cache")),
    ),
    "apply": (
        ("What is written", ("trial", "digits", "strip", "narrow")),
        ("How", ("dry_run", "undo", "format")),
    ),
    "trials": (
        ("Which trials", ("top", "status", "sort", "reverse")),
        ("Output", ("columns", "format")),
    ),
}
OTHER_OPTIONS = "Other options"

# Each can be typed as it stands in a project whose script is train.py.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("nnic lint train.py", "check the annotations of a script"),
        ("nnic run train.py", "search, with the script's own values first"),
        ("nnic best", "show the best values of the latest search"),
        ("nnic apply", "write them into the script"),
    ),
    "lint": (
        ("nnic lint", "check all files below this folder"),
        ("nnic lint train.py --fix", "make the fixes that are safe"),
        ("nnic lint --diff --unsafe-fixes", "show all fixes, and change nothing"),
    ),
    "explain": (("nnic explain NNI103", "explain one finding"), ("nnic explain", "list all findings")),
    "compile": (
        ("nnic compile train.py", "write the search space and the program"),
        ("nnic compile train.py --diff", "show what compiling changes"),
    ),
    "run": (
        ("nnic run train.py", "50 trials, one at a time"),
        ("nnic run train.py --trials 200 --time 2h --jobs 4", "limits, and four at once"),
        ("nnic run train.py --minimize -- --epochs 20", "a loss; --epochs is the script's own"),
        ("nnic run -m package.train --name wide", "a module, and a name for the run"),
        ("nnic run -- torchrun --nproc_per_node 2 train.py", "a command that starts the script"),
    ),
    "resume": (
        ("nnic resume", "continue the latest run"),
        ("nnic resume --trials 100", "continue up to 100 trials in all"),
    ),
    "tuners": (("nnic tuners", "list them"), ("nnic tuners tpe", "explain one and its options")),
    "status": (("nnic status", "list the runs"),),
    "trials": (
        ("nnic trials --top 5", "the five best"),
        ("nnic trials --status failed", "those that failed"),
        ("nnic trials --sort metric --columns number,metric,note", "three columns, the best first"),
    ),
    "logs": (
        ("nnic logs 3", "what trial 3 printed"),
        ("nnic logs 3 7 9", "several trials"),
        ("nnic logs 3 --follow", "and what it prints from now on"),
    ),
    "best": (("nnic best", "a table"), ("nnic best --format json", "all digits, for a program")),
    "importance": (("nnic importance", "of all results"),),
    "apply": (
        ("nnic apply --dry-run", "show the diff"),
        ("nnic apply", "write the best values"),
        ("nnic apply --narrow", "write them, and narrow the ranges around the best"),
        ("nnic apply --undo", "take the last apply back"),
    ),
    "export": (
        ("nnic export", "CSV on the terminal"),
        ("nnic export --out results.json", "everything, in a file"),
    ),
    "import": (("nnic import results.csv", "results of another program"),),
    "stop": (
        ("nnic stop", "stop when the running trials have ended"),
        ("nnic stop --now", "stop the running trials too"),
        ("nnic stop --trial 3", "end one trial, and go on"),
    ),
    "update": (("nnic update --trials 100 --jobs 4", "new limits while it runs"),),
    "enqueue": (
        ("nnic enqueue lr=0.01 hidden=64", "the other values are your script's own"),
        ("nnic enqueue lr=0.01 --like 12", "the other values are those of trial 12"),
    ),
    "retry": (("nnic retry", "all failed trials"), ("nnic retry 3", "one of them")),
    "discard": (
        ("nnic discard 3", "ignore the result of trial 3"),
        ("nnic discard 3 --undo", "let it count again"),
    ),
    "clean": (("nnic clean --dry-run", "show what can be removed"), ("nnic clean", "show, ask, remove")),
    "backup": (("nnic backup", "copy the store into .nnic/backups"),),
    "doctor": (("nnic doctor", "check everything"),),
}
