"""The addresses of the service, one file per resource. `pipeline/service/app.py` lists them."""
