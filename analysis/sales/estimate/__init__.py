"""The reconciled estimate: what US chip firms sell to customers run from mainland China or Hong Kong, by calendar year.

Observations (:mod:`observations`, :mod:`context`, :mod:`huawei_observations`, :mod:`bounds`) enter one hierarchical model by
quarter (:mod:`equations`, :mod:`model`), sampled without a C compiler (:mod:`fit`, :mod:`coordinates`), summarised per draw
(:mod:`summary`, :mod:`waterfalls`, :mod:`value_of_information`) and attacked (:mod:`checks`, :mod:`holdouts`, :mod:`calibration`),
with results that are kept (:mod:`reference`). :mod:`run` writes the tables of the build's step, :mod:`results`
reads them.
"""

import logging
import os

# Set before PyTensor is imported: its C back end stays off, so that nothing depends on what a machine has installed,
# and it does not warn about slow C code that nothing here uses.
if "cxx=" not in os.environ.get("PYTENSOR_FLAGS", ""):
    os.environ["PYTENSOR_FLAGS"] = ",".join(filter(None, [os.environ.get("PYTENSOR_FLAGS"), "cxx="]))
# Numba's highest level of optimisation triples the time to compile and hardly shortens a draw: the work is in matrix products.
os.environ.setdefault("NUMBA_OPT", "1")
logging.getLogger("pytensor").setLevel(logging.ERROR)
