"""Parts of an answer as workbooks."""
