"""Assignments: which worker may enter and has entered which project (进退场), and why one may not."""
