"""The synthetic case most tests of this folder share."""

import pytest
from nonblind_cases import blurred_inside, camera_shake, scene


@pytest.fixture(scope="session")
def case():
    """(blurred, sharp, kernel): 118×118 px, 11×11 kernel, noise of 0.005."""
    kernel = camera_shake()
    blurred, sharp = blurred_inside(scene(), kernel, 0.005)
    return blurred, sharp, kernel
