"""Trees: fitted by LightGBM, evaluated without it."""
