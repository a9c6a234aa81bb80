"""The reconciled estimate: what US chip firms sell to customers run from mainland China or Hong Kong, by calendar year.

Observations (:mod:`observations`, :mod:`huawei_observations`) enter one hierarchical Bayesian model (:mod:`model`), sampled
without a C compiler (:mod:`fit`), summarised per draw (:mod:`summary`) and attacked (:mod:`checks`, :mod:`calibration`).
"""
