"""The random campaign: faults by a seeded scheduler, a witness of its own, and a checker.

It stands among the tests and not among the benchmarks, because it says right or wrong; what it
measures beside is published all the same. `python -m faults.campaign --help`, from `tests/`.
"""
