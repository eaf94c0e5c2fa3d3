"""Doc."""
from __future__ import annotations
from __future__ import division; import sys
x = 1  # @nni.choice(1, 2)
# output
"""Doc."""
from __future__ import annotations
from __future__ import division; import nnic.runtime.trial as __nnic__; import sys
x = (1 if __nnic__.is_('case/x/choice', 0) else 2 if __nnic__.is_('case/x/choice', 1) else (1))  # @nni.choice(1, 2)
# space
# 4:5 case/x/choice = choice(1, 2) default 1
