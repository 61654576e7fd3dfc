"""Scalebridge. Importing the package settles how OpenBLAS, the linear algebra of numpy and scipy, works.

OpenBLAS reads the environment once, when numpy is loaded. What the user chose stays.
"""

import os
import platform

# Fits run in several processes already. Threads of the linear algebra on top of them would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# OpenBLAS has a kernel per kind of processor, and their sums differ in the last bits. A fit that ends early then differs in the
# fourth digit from one computer to the next. The Haswell kernels run on every x86 processor with AVX2, which polars needs as well.
if platform.machine().lower() in ("x86_64", "amd64"):
    os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
