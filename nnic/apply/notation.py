"""Values as literals in the notation of the text that they take the place of."""

from __future__ import annotations

import ast
import re
from decimal import Decimal

from nnic.syntax.constants import fold
from nnic.syntax.parsing import parse_expression
from nnic.tuners.space import Absent

_NUMBER = re.compile(
    r"(?<![\w.])(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)"
)
_POWER = re.compile(r"\s*(\+?)\s*(\d+)(\s*\*\*\s*)[+-]?\s*\d+\s*")
_OF_TEN = re.compile(r"(?<![\w.])10(?:\.0*)?\s*\*\*")
_STRING = re.compile(r"(?:'''|\"\"\"|'|\")")
# Below this a number without an exponent has more zeros than anybody counts.
_SMALLEST_FIXED = 1e-7


def number_like(value: float, pattern: str) -> str:
    """Return ``value`` in the notation of the constant expression ``pattern``.

    ``2.4e-3`` where it is ``1e-3``, ``20_000`` where it is ``10_000``, ``0x80`` where it is ``0x40``,
    ``2**8`` where it is ``2**7``. All digits are kept: the text evaluates to ``value``, type included.
    """
    numbers = _numbers(pattern)
    text = _power(value, pattern) if numbers else None
    if text is None:
        powers = bool(numbers) and _OF_TEN.search(pattern) is not None
        text = _integer(value, numbers) if isinstance(value, int) else _float(value, numbers, powers)
        if pattern.strip().startswith("+") and not text.startswith("-"):
            text = f"+{text}"
    return text


def rounded(value: float, digits: int) -> float:
    """Return ``value`` with at most ``digits`` significant digits; whole numbers stay as they are."""
    return value if isinstance(value, int) else float(f"{value:.{digits - 1}e}")


def string_like(value: str, pattern: str) -> str | None:
    """Return ``value`` with the quotes of the string literal ``pattern``, or ``None`` where it needs an
    escape or the pattern is no plain literal."""
    match = _STRING.match(pattern)
    quotes = match[0] if match else ""
    plain = value.isprintable() and "\\" not in value and "'" not in value and '"' not in value
    if not match or not plain or not value:
        return None
    try:
        node = parse_expression(pattern)
    except (SyntaxError, ValueError):
        return None
    joined = not isinstance(node, ast.Constant) or pattern.count(quotes) != 2
    return None if joined else f"{quotes}{value}{quotes}"


def _numbers(pattern: str) -> list[str]:
    """Return the literals of a constant expression; none for any other text."""
    try:
        node = parse_expression(pattern.strip())
    except (SyntaxError, ValueError):
        return []
    value = fold(node)
    if isinstance(value, (Absent, bool)) or not isinstance(value, (int, float)):
        return []
    return _NUMBER.findall(pattern)


def _power(value: float, pattern: str) -> str | None:
    """Return ``value`` as another power of the same base."""
    match = _POWER.fullmatch(pattern)
    if match is None or value <= 0 or int(match[2]) < 2:
        return None
    base = int(match[2])
    power: float = 1
    exponent = 0
    step = 1 if value >= 1 else -1
    while (power < value if step > 0 else power > value) and abs(exponent) < 400:
        exponent += step
        power = base**exponent
    if power != value or type(power) is not type(value):
        return None
    return f"{match[1]}{match[2]}{match[3]}{exponent}"


def _integer(value: int, numbers: list[str]) -> str:
    first = numbers[0] if numbers else ""
    grouped = "_" if any("_" in number for number in numbers) else ""
    prefix = first[:2].lower()
    sign = "-" if value < 0 else ""
    if prefix in ("0x", "0b", "0o") and len(numbers) == 1:
        digits = format(abs(value), f"{grouped}{prefix[1]}")
        if first[2:].upper() == first[2:] and any(char in "ABCDEF" for char in first[2:]):
            digits = digits.upper()
        return f"{sign}{first[:2]}{digits}"
    return format(value, grouped)


def _float(value: float, numbers: list[str], powers: bool) -> str:
    text = repr(value)
    decimal = [number for number in numbers if not re.match(r"0[xXbBoO]", number)]
    scientific = next((number for number in decimal if re.search("[eE]", number)), None)
    if scientific is not None or powers:
        return _scientific(value, "E" if scientific is not None and "E" in scientific else "e")
    if "e" in text:
        small = decimal and _SMALLEST_FIXED <= abs(value) < 1
        return format(Decimal(text), "f") if small else _scientific(value)
    if any("_" in number for number in decimal):
        text = format(value, "_")
    if len(decimal) == 1:
        if decimal[0].startswith(".") and text.lstrip("-").startswith("0."):
            text = text.replace("0.", ".", 1) if value % 1 else text
        elif decimal[0].endswith("."):
            text = text.removesuffix("0") if text.endswith(".0") else text
    return text


def _scientific(value: float, mark: str = "e") -> str:
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    if not any(digits):
        return repr(value)
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    mantissa = f"{first}.{rest}" if rest else first
    return f"{'-' if sign else ''}{mantissa}{mark}{exponent + len(digits) - 1}"
