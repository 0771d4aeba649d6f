"""What the settings of every method must keep to."""

from mcdeconv.errors import InputError


def check_settings(exponent: float, largest: float, **positive: float) -> None:
    """Raise `InputError` unless 0 < exponent < largest and every other setting is greater than 0."""
    if not 0 < exponent < largest:
        raise InputError(f"exponent is {exponent}; give a value between 0 and {largest}, both excluded")
    for name, value in positive.items():
        if not value > 0:
            raise InputError(f"{name} is {value}; give a value above 0")
