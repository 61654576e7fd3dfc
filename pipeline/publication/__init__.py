"""Published runs: immutable copies of finished runs, from which everything is answered, and the pointer to the current one."""
