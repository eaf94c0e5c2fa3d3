"""Reports of processes that a script forks while another of its threads makes the first report."""

import pytest

TEXT = """
    import os, sys, threading
    import nni

    begun = threading.Event()

    class Slow:
        def find_spec(self, name, path=None, target=None):
            if name.endswith(".reports"):
                begun.set()
                # Without the lock the fork comes in here.
                threading.Event().wait(0.5)

    lr = 0.5  # @nni.uniform(0, 1)
    sys.meta_path.insert(0, Slow())
    first = threading.Thread(target=nni.report_intermediate_result, args=(1,))
    first.start()
    begun.wait()
    if os.fork() == 0:
        second = threading.Thread(target=nni.report_intermediate_result, args=(2,))
        second.start()
        second.join(60)
        os._exit(second.is_alive())
    print(os.wait()[1])
    first.join()
    '''@nni.report_final_result(lr)'''
"""


@pytest.mark.parametrize("share", ["off", "imports"])
def test_a_child_reports_although_a_thread_was_reporting_at_the_fork(run, share):
    found = run(TEXT, share)
    assert found.log() == "0\n"
    assert sorted(found.trials[0].intermediate) == [1, 2]
    assert found.trials[0].metric == 0.5
