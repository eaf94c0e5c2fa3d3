"""Random annotations, with the errors that people make among them."""

from __future__ import annotations

from programs.expressions import Expressions

SAMPLERS = (
    "choice(1, 'a', f(1))",
    "choice({e}, {e})",
    "choice({e}, 3)",
    "uniform(0, 1)",
    "uniform(low=0, high=2 * 3)",
    "loguniform(1e-5, 1e-1)",
    "randint(1, 9)",
    "quniform(0, 10, 2)",
    "qloguniform(1, 10, q=2)",
    "normal(0, 1)",
    "qnormal(0, 1, 2)",
    "lognormal(0, 1)",
    "qlognormal(0, 1, 1)",
)
LONG = "choice(lambda: 1,\n{c}  'é', \"x # y\")"


class Annotations(Expressions):
    """Draws annotations of values, and reports."""

    def sampler(self, continued: str = "") -> str:
        """A sampler's call; over two lines where ``continued`` says how the second begins."""
        if continued and self.rng.random() < 0.2:
            return LONG.replace("{c}", continued)
        text = self.rng.choice(SAMPLERS)
        while "{e}" in text:
            text = text.replace("{e}", self.plain(), 1)
        return text

    def annotation(self) -> str:
        """A short form on one line, a few with ``name=`` or ``label=``."""
        call = self.sampler()
        kind = self.rng.random()
        if kind < 0.2:
            return f"@nni.{call[:-1]}, label='s{self.names}')"
        if kind < 0.35:
            return f"@nni.{call[:-1]}, name=v{max(self.names, 1)})"
        if kind < 0.4:
            return f"@nni.variable(nni.{call}, name=v{max(self.names, 1)})"
        return f"@nni.{call}"

    def nested(self) -> str:
        """An option that holds a sampler."""
        self.names += 1
        return f"f(k{self.names}=nni.{self.sampler()})"

    def report(self) -> str:
        """One of the statements, in some carrier; several rows."""
        call = self.rng.choice(
            (
                "get_next_parameter()",
                f"report_final_result({self.plain(2)})",
                f"report_intermediate_result({self.plain(2)})",
            )
        )
        carrier = self.rng.choice(("# @nni.{}", '"@nni.{}"', "'''\n  @nni.{}\n'''"))
        if '"' in call or "\\" in call or "'''" in call:
            carrier = "# @nni.{}"
        return carrier.format(call)

    def string(self, text: str) -> str:
        """A string statement that holds ``text``."""
        if "'''" in text or "\\" in text:
            return f"# {text}"
        return self.rng.choice(("'''{}'''", "r'''{}'''", "(\n'''\n {}'''\n)")).format(text)
