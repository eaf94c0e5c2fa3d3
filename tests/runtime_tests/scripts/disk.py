"""Reports once; the first attempt of the third trial then fills the disk that its files lie on."""

import os
import sys
import time

from nnic.runtime.trial import get_sequence_id, report_final_result, report_intermediate_result

report_intermediate_result(1.0)
if get_sequence_id() == 2 and os.environ["NNIC_TRIAL_DIR"].endswith("/0"):
    with open(sys.argv[1], "ab", 0) as filler:
        for size in (65536, 4096, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                pass
    time.sleep(0.1)
print("x" * 10000, flush=True)
report_final_result(1.0)
