"""The reconciled estimate: what US chip firms sell to customers run from mainland China or Hong Kong, by calendar year.

Observations (:mod:`observations`, :mod:`context`, :mod:`huawei_observations`, :mod:`bounds`) enter one hierarchical model by
quarter (:mod:`model`, :mod:`equations`, :mod:`density`), sampled without a C compiler (:mod:`fit`, :mod:`coordinates`), summarised
per draw
(:mod:`summary`, :mod:`waterfalls`, :mod:`value_of_information`) and attacked (:mod:`checks`, :mod:`holdouts`, :mod:`calibration`),
with results that are kept (:mod:`reference`). :mod:`run` writes the tables of the build's step, :mod:`results`
reads them.
"""

import os

# Set before JAX is imported: chains run in parallel, and threads inside one evaluation would only get in each other's way.
if "xla_cpu_multi_thread_eigen" not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = " ".join(filter(None, [os.environ.get("XLA_FLAGS"), "--xla_cpu_multi_thread_eigen=false"]))
os.environ.setdefault("JAX_PLATFORMS", "cpu")
