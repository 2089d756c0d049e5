"""Exit codes that say more than failure."""

BUSY_PORT = 2
HALTED = 70  # a worker gave up too many messages: starting it again would give up more (sysexits.h, EX_SOFTWARE)
