"""One page of a project: own figures beside what the other services answer in time."""
