"""The reconciled estimate: what US chip firms sell to customers run from mainland China or Hong Kong, by calendar year.

Observations (:mod:`observations`, :mod:`context`, :mod:`huawei_observations`) enter one hierarchical Bayesian model
(:mod:`model`), sampled without a C compiler (:mod:`fit`), summarised per draw (:mod:`summary`, :mod:`waterfalls`) and attacked
(:mod:`checks`, :mod:`calibration`). :mod:`results` writes and reads the tables of the build's step.
"""

import logging
import os

# Set before PyTensor is imported: its C back end stays off, so that nothing depends on what a machine has installed,
# and it does not warn about slow C code that nothing here uses.
if "cxx=" not in os.environ.get("PYTENSOR_FLAGS", ""):
    os.environ["PYTENSOR_FLAGS"] = ",".join(filter(None, [os.environ.get("PYTENSOR_FLAGS"), "cxx="]))
# Numba's highest level of optimisation triples the time to compile; a draw, which is matrix products, hardly gains from it.
os.environ.setdefault("NUMBA_OPT", "1")
logging.getLogger("pytensor").setLevel(logging.ERROR)
