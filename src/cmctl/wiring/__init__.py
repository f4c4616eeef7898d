"""The composition root: the only reader of the clock and of the environment.

Everything below gets what it needs as arguments; the demo and the tests hand in another `Machine`.
Heavy modules are imported where they are used: a listing pays for none of them.
"""
