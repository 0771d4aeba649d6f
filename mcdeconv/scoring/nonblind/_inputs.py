"""What the settings of the methods must keep to."""

from mcdeconv.errors import InputError


def check_settings(settings: object, largest_exponent: float, *may_be_zero: str) -> None:
    """Raise `InputError` unless 0 < exponent < largest_exponent and every other field is above 0, or 0 where it may."""
    for name, value in vars(settings).items():
        if not (value > 0 or (value == 0 and name in may_be_zero)):
            raise InputError(f"{name} is {value}; give a value above 0")
        if name == "exponent" and not value < largest_exponent:
            raise InputError(f"exponent is {value}; give a value between 0 and {largest_exponent}, both excluded")
