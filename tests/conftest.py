"""What holds for every test."""

import signal

# A shell starts what it puts into the background with Ctrl-C ignored, and every process started from there inherits
# that: the tests that press Ctrl-C would wait in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
