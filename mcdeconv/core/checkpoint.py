"""Checkpoints: a run that is killed goes on to the same last bit; another run's checkpoint is refused."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import torch

from mcdeconv.core.algorithm_1 import State
from mcdeconv.errors import InputError
from mcdeconv.files import read_zip, write_whole


@dataclass(frozen=True)
class Fingerprint:
    """What a checkpoint belongs to. Two runs that agree in all of it take the same steps."""

    image: str  # input_digest
    config: str  # SolverConfig.digest
    kernel_size: int
    seed: int


def save_checkpoint(path: Path, state: State, fingerprint: Fingerprint) -> None:
    """Write the state whole or not at all."""
    content = BytesIO()
    torch.save({"of": vars(fingerprint), "state": state.state_dict()}, content)
    write_whole(path, content.getvalue())


def load_checkpoint(path: Path, state: State, fingerprint: Fingerprint) -> bool:
    """Put a saved state into `state`; False if there is none.

    Raises
    ------
    InputError
        If the file is damaged, of another version or kind of device, or belongs to another image, configuration,
        kernel size or seed.
    """
    if not path.exists():
        return False
    try:
        saved = torch.load(BytesIO(read_zip(path)), map_location=state.z_x.device, weights_only=True)
        owner, content = dict(saved["of"]), dict(saved["state"])
    except Exception as error:  # torch.load raises many types for a damaged file; all mean the same to the user
        raise InputError(
            f"{path} is not a readable checkpoint ({type(error).__name__}); delete it to start anew"
        ) from error
    for name, mine in vars(fingerprint).items():
        if owner.get(name) != mine:
            raise InputError(
                f"{path} belongs to another run: its {name} is {owner.get(name)}, this run's is {mine}; "
                "choose another --checkpoint folder or delete the file"
            )
    fresh = state.state_dict()
    if content.keys() != fresh.keys():
        raise InputError(f"{path} was saved by another version of mcdeconv; delete it to start anew")
    if getattr(content["generator"], "shape", None) != fresh["generator"].shape:
        raise InputError(
            f"{path} was saved on another kind of device, whose random numbers {state.z_x.device.type} cannot go on "
            "with; go on where it was saved, or delete it to start anew"
        )
    try:
        state.load_state_dict(content)
    except (RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:  # other layers or groups
        raise InputError(f"{path} was saved by another version of mcdeconv; delete it to start anew") from error
    return True
