// The course's laboratory, mcdeconv.teaching, in the page: the same sums, to rounding. tests/explorer compares them.

const LOG_2PI = Math.log(2 * Math.PI);

/** Uniform numbers in [0, 1) from a seed (Mulberry32), and normal ones of them by Box and Muller. */
function generator(seed) {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let spare = NaN; // Box and Muller's numbers come in pairs
  const normal = () => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = NaN;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal, normals: (count) => Array.from({ length: count }, normal) };
}

function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}

function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

function squares(values) {
  return total(values.map((value) => value * value));
}

/** k ⊗ x where the kernel covers the signal: values.length - kernel.length + 1 samples. */
function valid(values, kernel) {
  const last = kernel.length - 1;
  return range(values.length - last).map((place) => total(kernel.map((tap, index) => tap * values[place + last - index])));
}

/** k ⊗ x with zeros outside. */
function full(values, kernel) {
  const zeros = Array(kernel.length - 1).fill(0);
  return valid([...zeros, ...values, ...zeros], kernel);
}

/** A Gaussian kernel; 0 for a point. */
function bump(std, size) {
  const taps = range(size).map((index) => (std > 0 ? Math.exp(-((index - (size - 1) / 2) ** 2) / (2 * std * std)) : Number(2 * index === size - 1)));
  const sum = total(taps);
  return taps.map((tap) => tap / sum);
}

/** (1, 1)/2 convolved with itself so many times: whatever way it is parted, both parts are of the same kind. */
function binomial(degree) {
  return range(degree).reduce((kernel) => full(kernel, [0.5, 0.5]), [1]);
}

/** Σ |∇x|^α. */
function roughness(values, power) {
  return total(values.slice(1).map((value, index) => Math.abs(value - values[index]) ** power));
}

function noisy(values, std, rng) {
  return values.map((value) => value + std * rng.normal());
}

/** A signal of the sparse prior. */
function sparseSignal(length, prior, rng) {
  let value = prior.level * rng.normal();
  return range(length).map((index) => {
    if (index) value += (rng.uniform() < prior.chance ? prior.jump : prior.small) * rng.normal();
    return value;
  });
}

/** The lower triangle L of S = L Lᵀ into `lower`, both of side² numbers; returns log det S. */
function cholesky(matrix, lower, side) {
  let logs = 0;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * side + column];
      for (let inner = 0; inner < column; inner += 1) sum -= lower[row * side + inner] * lower[column * side + inner];
      lower[row * side + column] = row === column ? Math.sqrt(sum) : sum / lower[column * side + column];
    }
    logs += 2 * Math.log(lower[row * side + row]);
  }
  return logs;
}

/** yᵀ S⁻¹ y by forward substitution. */
function quadratic(lower, values, side, solved) {
  let sum = 0;
  for (let row = 0; row < side; row += 1) {
    let rest = values[row];
    for (let inner = 0; inner < row; inner += 1) rest -= lower[row * side + inner] * solved[inner];
    solved[row] = rest / lower[row * side + row];
    sum += solved[row] * solved[row];
  }
  return sum;
}

/**
 * Over several signals of one length: the sums of log p(y|k), and of the best pair's max log p(x, y|k).
 *
 * Every pattern of jumps is gone through, each differing from the last in one place, so that the covariance of y changes
 * by one outer product. The best pair's value needs no determinant: with x at its best, p(y|k) p(x|y, k) is left.
 */
function sparseLogs(signals, kernel, prior, noise) {
  const side = signals[0].length;
  const length = side + kernel.length - 1;
  const steps = range(length).map((first) => valid(range(length).map((index) => Number(index >= first)), kernel));
  const matrix = new Float64Array(side * side);
  const add = (step, variance) => {
    for (let row = 0; row < side; row += 1) for (let column = 0; column < side; column += 1) matrix[row * side + column] += variance * step[row] * step[column];
  };
  for (let row = 0; row < side; row += 1) matrix[row * (side + 1)] = noise ** 2;
  steps.forEach((step, index) => add(step, index ? prior.small ** 2 : prior.level ** 2));

  const lower = new Float64Array(side * side);
  const solved = new Float64Array(side);
  const jumps = Array(length).fill(false);
  const [odds, ratio] = [Math.log(prior.chance) - Math.log1p(-prior.chance), 2 * Math.log(prior.jump / prior.small)];
  let chance = (length - 1) * Math.log1p(-prior.chance);
  let determinant = 2 * Math.log(prior.level) + 2 * (length - 1) * Math.log(prior.small);
  const constant = side * LOG_2PI;
  const tops = signals.map(() => -Infinity);
  const sums = signals.map(() => 0);
  const pairs = signals.map(() => -Infinity);
  const patterns = 2 ** (length - 1);
  for (let pattern = 0; pattern < patterns; pattern += 1) {
    if (pattern) {
      const place = 1 + Math.log2(pattern & -pattern);
      jumps[place] = !jumps[place];
      const sign = jumps[place] ? 1 : -1;
      add(steps[place], sign * (prior.jump ** 2 - prior.small ** 2));
      chance += sign * odds;
      determinant += sign * ratio;
    }
    const logs = cholesky(matrix, lower, side);
    for (let index = 0; index < signals.length; index += 1) {
      const square = quadratic(lower, signals[index], side, solved);
      const value = chance - (square + logs + constant) / 2;
      if (value > tops[index]) [sums[index], tops[index]] = [sums[index] * Math.exp(tops[index] - value) + 1, value];
      else sums[index] += Math.exp(value - tops[index]);
      pairs[index] = Math.max(pairs[index], chance - (square + determinant) / 2);
    }
  }
  const alone = total(sums.map((sum, index) => tops[index] + Math.log(sum)));
  const offset = (side * Math.log(noise ** 2) + (side + length) * LOG_2PI) / 2;
  return { alone, pair: total(pairs) - signals.length * offset };
}

/** ‖k ⊗ mean - y‖² and the variance that samples with one standard deviation add to it, n s² ‖k‖². */
function expectedSquare(blurred, kernel, mean, std) {
  const residual = valid(mean, kernel).map((value, index) => value - blurred[index]);
  return { misfit: squares(residual), spread: blurred.length * std ** 2 * squares(kernel) };
}

/** log E[p(y|x, k)] and E[log p(y|x, k)] for x normal around a mean with one standard deviation. */
function evidenceAndBound(blurred, kernel, mean, std, noise) {
  const side = blurred.length;
  const residual = valid(mean, kernel).map((value, index) => value - blurred[index]);
  const products = range(kernel.length).map((lag) => total(kernel.slice(lag).map((tap, index) => tap * kernel[index])));
  const matrix = new Float64Array(side * side);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) matrix[row * side + column] = std ** 2 * (products[Math.abs(row - column)] ?? 0) + (row === column ? noise ** 2 : 0);
  }
  const lower = new Float64Array(side * side);
  const logs = cholesky(matrix, lower, side);
  const evidence = -(quadratic(lower, residual, side, new Float64Array(side)) + logs + side * LOG_2PI) / 2;
  const { misfit, spread } = expectedSquare(blurred, kernel, mean, std);
  return { evidence, bound: -((misfit + spread) / noise ** 2 + side * (Math.log(noise ** 2) + LOG_2PI)) / 2 };
}

/** log p(y|x, k) of one signal. */
function logLikelihood(blurred, kernel, signal, noise) {
  const { misfit } = expectedSquare(blurred, kernel, signal, 0);
  return -(misfit / noise ** 2 + blurred.length * (2 * Math.log(noise) + LOG_2PI)) / 2;
}

/** Mean over groups of the logarithm of a group's mean likelihood, from all logarithms. */
function logMeans(logs, group) {
  const groups = range(Math.floor(logs.length / group)).map((index) => logs.slice(index * group, (index + 1) * group));
  return mean(groups.map((one) => {
    const top = Math.max(...one);
    return top + Math.log(mean(one.map((value) => Math.exp(value - top))));
  }));
}

/** What turns a blurred signal into the posterior's mean, row by row, and the posterior's standard deviations: smooth prior. */
function smoothPosterior(kernel, length, difference, level, noise) {
  const side = length - kernel.length + 1;
  const covariance = range(length).map((row) => range(length).map((column) => level ** 2 + difference ** 2 * Math.min(row, column)));
  const crossed = range(length).map((column) => valid(covariance[column], kernel)); // C Kᵀ, as C is symmetric
  const seen = range(side).map((row) => valid(range(length).map((column) => crossed[column][row]), kernel));
  const matrix = Float64Array.from(seen.flatMap((row, index) => row.map((value, column) => value + (index === column ? noise ** 2 : 0))));
  const lower = new Float64Array(side * side);
  cholesky(matrix, lower, side);
  const gain = crossed.map((row) => solve(lower, row, side));
  const std = crossed.map((row, index) => Math.sqrt(Math.max(0, covariance[index][index] - total(row.map((value, place) => value * gain[index][place])))));
  return { gain, std };
}

/** S⁻¹ b from the lower triangle of S. */
function solve(lower, values, side) {
  const first = new Float64Array(side);
  quadratic(lower, values, side, first);
  const found = Array(side).fill(0);
  for (let row = side - 1; row >= 0; row -= 1) {
    let rest = first[row];
    for (let inner = row + 1; inner < side; inner += 1) rest -= lower[inner * side + row] * found[inner];
    found[row] = rest / lower[row * side + row];
  }
  return found;
}

/** A signal of the smooth prior. */
function smoothSignal(length, difference, level, rng) {
  let value = level * rng.normal();
  return range(length).map((index) => (value += index ? difference * rng.normal() : 0));
}
