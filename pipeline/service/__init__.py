"""The service over HTTP: answers, batches and running batches of one project, from one warm process."""
