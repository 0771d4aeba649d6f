// G_x in the page: mcdeconv.core.networks.ImageNet with batch normalisation by the sample's own statistics, in float64.

const EPSILON = 1e-5; // of batch normalisation

/** Numbers of 16 bits, as base64. */
function halves(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const words = new Uint16Array(bytes.buffer);
  return Float64Array.from(words, (word) => {
    const [sign, exponent, fraction] = [word >> 15 ? -1 : 1, (word >> 10) & 31, word & 1023];
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
}

/** A sampler's file as numbers: the network's layers in their order, z, the kernel and the blurred image. */
function samplerOf({ net, weights, z, kernel, blurred, ...rest }) {
  const values = halves(weights);
  let at = 0;
  const take = (count) => values.subarray(at, (at += count));
  const block = (inputs, outputs, size) => ({ inputs, outputs, size, taps: take(inputs * outputs * size * size), gain: take(outputs), shift: take(outputs) });
  const { channels: c, skip_channels: s, levels, inputs } = net;
  const above = range(levels).map((level) => (level ? c : inputs));
  const skips = above.map((a) => block(a, s, 1));
  const encoder = above.map((a) => block(a, c, 3));
  const decoder = above.map(() => [block(c + s, c, 3), block(c, c, 1)]);
  const output = { taps: take(c), bias: take(1)[0] };
  return { ...rest, net, skips, encoder, decoder, output, z: halves(z), kernel: halves(kernel), blurred: halves(blurred) };
}

/** A border of one pixel: mirrored without the edge itself, or repeated where there is nothing to mirror. */
function padded(values, channels, height, width) {
  const wide = width + 2;
  const found = new Float64Array(channels * (height + 2) * wide);
  const mirror = (place, side) => (side < 2 ? 0 : place < 0 ? 1 : place >= side ? side - 2 : place);
  const rows = range(height + 2).map((row) => mirror(row - 1, height));
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < height + 2; row += 1) {
      const [from, to] = [(channel * height + rows[row]) * width, (channel * (height + 2) + row) * wide];
      found.set(values.subarray(from, from + width), to + 1);
      found[to] = values[from + mirror(-1, width)];
      found[to + wide - 1] = values[from + mirror(width, width)];
    }
  }
  return found;
}

/**
 * A 3 × 3 convolution of what `padded` gave, two output channels at a time: they share the nine pixels that are read.
 * Written out, for it takes nine tenths of a sample's time.
 */
function convolved(values, { inputs, outputs, taps }, height, width, stride) {
  const [tall, wide] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const [plane, line, pixels] = [(height + 2) * (width + 2), width + 2, tall * wide];
  const found = new Float64Array(outputs * pixels);
  for (let output = 0; output < outputs; output += 2) {
    for (let input = 0; input < inputs; input += 1) {
      const a = (output * inputs + input) * 9;
      const b = a + 9 * inputs;
      const [a0, a1, a2, a3, a4, a5, a6, a7, a8] = [taps[a], taps[a + 1], taps[a + 2], taps[a + 3], taps[a + 4], taps[a + 5], taps[a + 6], taps[a + 7], taps[a + 8]];
      const [b0, b1, b2, b3, b4, b5, b6, b7, b8] = [taps[b], taps[b + 1], taps[b + 2], taps[b + 3], taps[b + 4], taps[b + 5], taps[b + 6], taps[b + 7], taps[b + 8]];
      for (let row = 0; row < tall; row += 1) {
        let above = input * plane + row * stride * line;
        let at = output * pixels + row * wide;
        for (const end = at + wide; at < end; at += 1, above += stride) {
          const here = above + line;
          const below = here + line;
          const x0 = values[above], x1 = values[above + 1], x2 = values[above + 2];
          const y0 = values[here], y1 = values[here + 1], y2 = values[here + 2];
          const z0 = values[below], z1 = values[below + 1], z2 = values[below + 2];
          found[at] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * y0 + a4 * y1 + a5 * y2 + a6 * z0 + a7 * z1 + a8 * z2;
          found[at + pixels] += b0 * x0 + b1 * x1 + b2 * x2 + b3 * y0 + b4 * y1 + b5 * y2 + b6 * z0 + b7 * z1 + b8 * z2;
        }
      }
    }
  }
  return found;
}

/** A 1 × 1 convolution: a mixture of channels, four at a time. */
function mixed(values, { inputs, outputs, taps }, pixels) {
  const found = new Float64Array(outputs * pixels);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 4) {
      const tap = output * inputs + input;
      const t0 = taps[tap], t1 = taps[tap + 1], t2 = taps[tap + 2], t3 = taps[tap + 3];
      const at = output * pixels;
      const from = input * pixels;
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        const place = from + pixel;
        found[at + pixel] += t0 * values[place] + t1 * values[place + pixels] + t2 * values[place + 2 * pixels] + t3 * values[place + 3 * pixels];
      }
    }
  }
  return found;
}

/** Batch normalisation and LeakyReLU, in place; one pixel has no spread to normalise. */
function normalised(values, { outputs, gain, shift }, slope) {
  const pixels = values.length / outputs;
  for (let channel = 0; channel < outputs; channel += 1) {
    const one = values.subarray(channel * pixels, (channel + 1) * pixels);
    let [scale, offset] = [1, 0];
    if (pixels > 1) {
      let [sum, square] = [0, 0];
      for (let pixel = 0; pixel < pixels; pixel += 1) sum += one[pixel];
      const middle = sum / pixels;
      for (let pixel = 0; pixel < pixels; pixel += 1) square += (one[pixel] - middle) * (one[pixel] - middle);
      scale = gain[channel] / Math.sqrt(square / pixels + EPSILON);
      offset = shift[channel] - middle * scale;
    }
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const value = one[pixel] * scale + offset;
      one[pixel] = value < 0 ? slope * value : value;
    }
  }
  return values;
}

/** Bilinear interpolation to another size, pixels' middles in proportion. */
function resized(values, channels, [height, width], [tall, wide]) {
  const [rows, columns] = [places(height, tall), places(width, wide)];
  const found = new Float64Array(channels * tall * wide);
  let at = 0;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < tall; row += 1) {
      const [high, low, share] = [(channel * height + rows.low[row]) * width, (channel * height + rows.high[row]) * width, rows.share[row]];
      for (let column = 0; column < wide; column += 1) {
        const left = columns.low[column];
        const right = columns.high[column];
        const across = columns.share[column];
        const top = values[high + left] + across * (values[high + right] - values[high + left]);
        const bottom = values[low + left] + across * (values[low + right] - values[low + left]);
        found[at++] = top + share * (bottom - top);
      }
    }
  }
  return found;
}

/** For each of `to` places the two of `from` between which it lies, and how far on from the lower. */
function places(from, to) {
  const at = Float64Array.from(range(to), (index) => Math.max(0, ((index + 0.5) * from) / to - 0.5));
  const low = Int32Array.from(at, Math.floor);
  return { low, high: low.map((place) => Math.min(place + 1, from - 1)), share: at.map((place, index) => place - low[index]) };
}

/** The sizes of the levels, from the whole to the coarsest. */
function levelSizes({ net, size }) {
  const half = (side) => Math.ceil(side / 2);
  return range(net.levels).reduce((sizes) => [...sizes, sizes.at(-1).map(half)], [size]);
}

/** How many values each of the decoder's dropouts has, coarsest first. */
function maskSizes(sampler) {
  return levelSizes(sampler).slice(1).reverse().map(([height, width]) => sampler.net.channels * height * width);
}

/** One sample G_x(z + ε; M): an image in (0, 1), larger than the blurred one by the kernel. */
function sampleOf(sampler, jitter, masks) {
  const { net, skips, encoder, decoder, output } = sampler;
  const sizes = levelSizes(sampler);
  let z = jitter ? sampler.z.map((value, index) => value + jitter[index]) : sampler.z;
  const joined = skips.map((skip, level) => {
    const [height, width] = sizes[level];
    const kept = normalised(mixed(z, skip, height * width), skip, net.slope);
    z = normalised(convolved(padded(z, encoder[level].inputs, height, width), encoder[level], height, width, 2), encoder[level], net.slope);
    return kept;
  });
  for (let level = net.levels - 1; level >= 0; level -= 1) {
    const [mix, finish] = decoder[level];
    const [height, width] = sizes[level];
    if (masks) {
      const mask = masks[net.levels - 1 - level];
      for (let index = 0; index < z.length; index += 1) z[index] *= mask[index];
    }
    const both = new Float64Array(mix.inputs * height * width);
    both.set(resized(z, net.channels, sizes[level + 1], sizes[level]));
    both.set(joined[level], net.channels * height * width);
    z = normalised(convolved(padded(both, mix.inputs, height, width), mix, height, width, 1), mix, net.slope);
    z = normalised(mixed(z, finish, height * width), finish, net.slope);
  }
  const last = mixed(z, { inputs: net.channels, outputs: 1, taps: output.taps }, z.length / net.channels);
  return last.map((value) => 1 / (1 + Math.exp(-value - output.bias)));
}

/** What a sample draws: noise on z, and masks that keep 1 - p0 of the values, made larger. */
function drawFor(sampler, dropout, noise, rng) {
  const jitter = noise ? new Float64Array(sampler.z.length) : null;
  for (let index = 0; noise && index < jitter.length; index += 1) jitter[index] = noise * rng.normal();
  const masks = dropout ? maskSizes(sampler).map((count) => new Float64Array(count)) : null;
  for (const mask of masks ?? []) for (let index = 0; index < mask.length; index += 1) mask[index] = rng.uniform() >= dropout ? 1 / (1 - dropout) : 0;
  return { jitter, masks };
}

/** k ⊗ x in two dimensions, 'valid'. */
function blurredBy(kernel, side, image, [height, width]) {
  const [tall, wide] = [height - side + 1, width - side + 1];
  const found = new Float64Array(tall * wide);
  for (let down = 0; down < side; down += 1) {
    for (let across = 0; across < side; across += 1) {
      const tap = kernel[(side - 1 - down) * side + side - 1 - across];
      for (let row = 0; row < tall; row += 1) {
        const from = (row + down) * width + across;
        for (let column = 0; column < wide; column += 1) found[row * wide + column] += tap * image[from + column];
      }
    }
  }
  return found;
}
