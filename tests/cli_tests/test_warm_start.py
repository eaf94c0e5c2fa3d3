SCRIPT = """\
x = 0.5  # @nni.uniform(0, 1)
kind = "a"  # @nni.choice("a", "b")
'''@nni.report_final_result(x if kind == "a" else 0.0)'''
"""


def run(project, script, *options, status=0):
    return project.nnic("run", script, "--trials", "4", "-q", "--tuner", "random", *options, status=status)


def name_of_latest(project):
    return project.json("status")[-1]["experiment"]


def test_earlier_results_are_told_to_the_tuner_and_what_does_not_fit_is_named(project):
    project.write("f.py", SCRIPT)
    run(project, "f.py")
    first, earlier = name_of_latest(project), project.json("trials")

    # In another module and a narrower range.
    project.write("g.py", SCRIPT.replace("uniform(0, 1)", "uniform(0.3, 1)"))
    result = run(project, "g.py", "--warm-start", first)
    fitting = [t for t in earlier if t["parameters"]["f/x/uniform"] >= 0.3]
    assert 0 < len(fitting) < 4
    assert result.stderr.count(f"nnic: --warm-start {first}, {first} #") == 4 - len(fitting)
    assert "0.3" in result.stderr
    trials = project.json("trials")
    imported = [t for t in trials if t["status"] == "imported"]
    assert [t["metric"] for t in imported] == [t["metric"] for t in fitting]
    assert [t["parameters"]["g/x/uniform"] for t in imported] == [
        t["parameters"]["f/x/uniform"] for t in fitting
    ]
    # They are none of the run's own trials, and come before what the tuner proposes.
    assert [t["status"] for t in trials].count("succeeded") == 4
    assert max(t["trial"] for t in imported) == len(imported)


def test_a_random_search_repeats_nothing_of_an_earlier_one(project):
    project.write("f.py", SCRIPT.replace("uniform(0, 1)", "randint(0, 4)").replace("0.5", "2"))
    run(project, "f.py")
    run(project, "f.py", "--warm-start", name_of_latest(project))
    # Of 8 configurations 4 are known, so the 3 new ones are none of them.
    trials = project.json("trials")
    found = {status: [str(t["parameters"]) for t in trials if t["status"] == status and t["trial"]]
             for status in ("imported", "succeeded")}  # fmt: skip
    assert len(found["imported"]) == 4
    assert len(found["succeeded"]) == 3
    assert not set(found["imported"]) & set(found["succeeded"])


def test_what_cannot_be_used_at_all_is_refused(project):
    project.write("f.py", SCRIPT)
    run(project, "f.py")
    first = name_of_latest(project)
    assert "no experiment is called 'nope'" in run(project, "f.py", "--warm-start", "nope", status=1).stderr
    opposite = run(project, "f.py", "--warm-start", first, "--minimize", status=1)
    assert f"{first} maximized its metric" in opposite.stderr
    project.write("g.py", "lr = 1  # @nni.uniform(0, 1)\n'''@nni.report_final_result(lr)'''\n")
    unknown = run(project, "g.py", "--warm-start", first, status=1)
    assert "this search space has no parameter x, kind" in unknown.stderr
    assert [entry["experiment"] for entry in project.json("status")] == [first]
