"""What every service shares: doors, transactions, facts, jobs, identity. Knows no business noun."""

import os

# The C core of gRPC writes to standard error, past our logs; "somebody closed a connection" is not worth a line.
# It reads this when it is imported first, which is below this package.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
