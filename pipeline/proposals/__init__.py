"""Answer a proposed scale-up: what each quality attribute will be, how sure that is, why, and on what evidence."""
