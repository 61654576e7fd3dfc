"""Where independent calls run: in processes of this machine, or on a Dask cluster."""
