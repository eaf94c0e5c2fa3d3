"""Reading the entries of a stored JSON object with the types that they must have."""

from __future__ import annotations

from collections.abc import Mapping

from nnic.runtime import encoding
from nnic.tuners.space import Value


class Fields:
    """A JSON object.

    Every method raises ``ValueError``, which says what is wrong, when an entry is not there or is of
    another type.
    """

    __slots__ = ("_data",)

    def __init__(self, data: object) -> None:
        if not isinstance(data, dict):
            raise ValueError(f"{_show(data)} is not an object")
        self._data: Mapping[str, object] = data

    @classmethod
    def of_text(cls, text: str) -> Fields:
        """The object that is written as ``text``."""
        return cls(encoding.loads(text))

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def integer(self, key: str) -> int:
        """A whole number."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(key, value, "a whole number")
        return value

    def optional_integer(self, key: str) -> int | None:
        """A whole number, or null."""
        return None if self._get(key) is None else self.integer(key)

    def number(self, key: str) -> float:
        """A number, one that is not finite included."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _wrong(key, value, "a number")
        return value

    def optional_number(self, key: str) -> float | None:
        """A number, or null."""
        return None if self._get(key) is None else self.number(key)

    def text(self, key: str) -> str:
        """A text."""
        value = self._get(key)
        if not isinstance(value, str):
            raise _wrong(key, value, "a text")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or null."""
        return None if self._get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        """True or false; false when it is not there."""
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            raise _wrong(key, value, "true or false")
        return value

    def version(self) -> int:
        """The version of the form of this object; what has none is of the first."""
        return self.integer("version") if "version" in self._data else 1

    def config(self, key: str) -> dict[str, Value]:
        """Values of parameters."""
        return {name: _value(name, value) for name, value in self._object(key).items()}

    def numbers(self, key: str) -> dict[str, float]:
        """Numbers by name."""
        fields = Fields(self._object(key))
        return {name: fields.number(name) for name in self._object(key)}

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(Fields({key: entry}).integer(key) for entry in self._list(key))

    def objects(self, key: str) -> tuple[Fields, ...]:
        """A list of objects."""
        return tuple(Fields(entry) for entry in self._list(key))

    def _get(self, key: str) -> object:
        try:
            return self._data[key]
        except KeyError:
            raise ValueError(f"it has no {key!r}") from None

    def _object(self, key: str) -> dict[str, object]:
        value = self._get(key)
        if not isinstance(value, dict):
            raise _wrong(key, value, "an object")
        return value

    def _list(self, key: str) -> list[object]:
        value = self._get(key)
        if not isinstance(value, list):
            raise _wrong(key, value, "a list")
        return value


def _value(key: str, value: object) -> Value:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise _wrong(key, value, "a value of a parameter")


def _wrong(key: str, value: object, wanted: str) -> ValueError:
    return ValueError(f"{key!r} is {_show(value)}, not {wanted}")


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
