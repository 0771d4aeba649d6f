"""What Monte-Carlo sampling adds to the loss, and which mu ‖k‖² it is worth.

Over the samples x_i of (20), the mean of ‖k ⊗ x_i − y‖² is the squared error of the mean sample plus the spread of the
k ⊗ x_i around theirs. The first a single image would have too; the second is what sampling adds. If the samples scatter
like white noise of variance v, it is v ‖k‖² for every pixel: the penalty of (27), with a weight that the network sets.
If they scatter smoothly, every kernel of sum 1 lets the spread through, and it says nothing of the kernel.
"""

import torch
from torch import Generator, Tensor

from mcdeconv.core.algorithm_1 import State
from mcdeconv.core.forward import convolve

SAMPLES = 16
SOFTER = (0.107, 0.786, 0.107)  # a Gaussian of 0.5 px, along each axis


@torch.no_grad()
def measure_terms(state: State, blurred: Tensor, count: int = SAMPLES, seed: int = 0) -> dict[str, float]:
    """Split the data term of a run as it stands; random numbers of its own, so that the run goes on as it would.

    Parameters
    ----------
    state : State
    blurred : Tensor, shape (1, 1, H, W)
    count : at least 2 samples

    Returns
    -------
    dict, sums over pixels: `error`, ‖mean of k ⊗ x_i − y‖² without what the number of samples adds to it; `spread`,
    the mean of ‖k ⊗ x_i − their mean‖²; `unblurred`, the same of the x_i: what the no-blur kernel would leave;
    `kernel`, ‖k‖²; `mu`, how fast the spread falls with ‖k‖² as the kernel is made a little softer. And the
    spread's `share` of both parts, and how much of it the kernel has `passed`: ‖k‖² if the samples scattered like white
    noise.
    """
    generator = Generator(blurred.device).manual_seed(seed)
    now = state.noise_std(state.iteration), state.config.dropout_rate(state.iteration)
    kernel = state.kernel_net(state.z_k, 0.0, generator)
    samples = torch.cat([state.draw(1, *now, generator) for _ in range(count)])
    residuals = (convolve(samples, kernel) - blurred).double()
    spread = float(residuals.var(0).sum())
    half = kernel.shape[-1] // 2
    error = float(residuals.mean(0).square().sum()) - spread / count
    unblurred = float(samples.double().var(0)[..., half:-half, half:-half].sum())
    return {
        "error": error,
        "spread": spread,
        "unblurred": unblurred,
        "kernel": float(kernel.square().sum()),
        "mu": slope(samples, kernel, residuals),
        "share": spread / (error + spread),
        "passed": spread / unblurred if unblurred else 0.0,
    }


def slope(samples: Tensor, kernel: Tensor, residuals: Tensor) -> float:
    """Change of the spread over that of ‖k‖², from the kernel to a slightly softer one; over all of its pixels."""
    line = torch.tensor(SOFTER, dtype=kernel.dtype, device=kernel.device)
    softer = torch.nn.functional.conv2d(kernel[None, None], torch.outer(line, line)[None, None], padding=2)[0, 0]
    inner = residuals[..., 1:-1, 1:-1].var(0).sum()  # where the larger kernel of the softer blur has its pixels
    change = inner - convolve(samples, softer).double().var(0).sum()
    pixels = residuals[0].numel() / residuals[0, ..., 1:-1, 1:-1].numel()
    return float(change * pixels / (kernel.square().sum() - softer.square().sum()))
