// G_x in little, mcdeconv.teaching.network: a decoder of three blocks, its gradients by hand, Adam.

const BLOCKS = 3;

/** A network from arrays of arrays: input (channels, n/8), mixers (3 of channels, channels, 3), biases, last. */
function decoderOf({ input, mixers, biases, last }) {
  const flat = (values) => Float64Array.from(values.flat(Infinity));
  return { channels: input.length, width: input[0].length, input: flat(input), mixers: mixers.map(flat), biases: biases.map(flat), last: flat(last) };
}

/** The same with weights of its own. */
function randomDecoder(length, channels, rng) {
  const scale = Math.sqrt(2 / (3 * channels));
  const width = length / 2 ** BLOCKS;
  return {
    channels,
    width,
    input: Float64Array.from(rng.normals(channels * width)),
    mixers: range(BLOCKS).map(() => Float64Array.from(rng.normals(3 * channels * channels), (value) => scale * value)),
    biases: range(BLOCKS).map(() => new Float64Array(channels)),
    last: Float64Array.from(rng.normals(channels), (value) => value / Math.sqrt(channels)),
  };
}

function parametersOf(network) {
  return [...network.mixers, ...network.biases, network.last];
}

/** Of each block what was dropped out and doubled, and what is left of its mixture after cutting. */
function passed(network, jitter, masks) {
  const { channels } = network;
  let values = jitter ? network.input.map((value, index) => value + jitter[index]) : network.input;
  let width = network.width;
  return network.mixers.map((mixer, block) => {
    const doubled = doubledOf(masks ? values.map((value, index) => value * masks[block][index]) : values, channels, width);
    width *= 2;
    values = new Float64Array(channels * width);
    for (let out = 0; out < channels; out += 1) {
      for (let place = 0; place < width; place += 1) {
        let sum = network.biases[block][out];
        for (let from = 0; from < channels; from += 1) {
          const [tap, at] = [3 * (out * channels + from), from * width + place];
          if (place) sum += mixer[tap] * doubled[at - 1];
          sum += mixer[tap + 1] * doubled[at];
          if (place < width - 1) sum += mixer[tap + 2] * doubled[at + 1];
        }
        values[out * width + place] = Math.max(sum, 0);
      }
    }
    return { doubled, kept: values };
  });
}

/** Twice as many samples: each value a quarter before and after its place, linearly between two. */
function doubledOf(values, channels, width) {
  const found = new Float64Array(2 * channels * width);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let place = 0; place < width; place += 1) {
      const at = channel * width + place;
      found[2 * at] = 0.75 * values[at] + 0.25 * values[place ? at - 1 : at];
      found[2 * at + 1] = 0.75 * values[at] + 0.25 * values[place < width - 1 ? at + 1 : at];
    }
  }
  return found;
}

/** The transpose of `doubledOf`. */
function halvedOf(slopes, channels, width) {
  const found = new Float64Array(channels * width);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let place = 0; place < width; place += 1) {
      const at = channel * width + place;
      found[at] = 0.75 * (slopes[2 * at] + slopes[2 * at + 1]);
      found[at] += 0.25 * (place < width - 1 ? slopes[2 * at + 2] : slopes[2 * at + 1]);
      found[at] += 0.25 * (place ? slopes[2 * at - 1] : slopes[2 * at]);
    }
  }
  return found;
}

function outputOf(network, blocks) {
  const top = blocks.at(-1).kept;
  const length = top.length / network.channels;
  return range(length).map((place) => total(range(network.channels).map((channel) => network.last[channel] * top[channel * length + place])));
}

/** Of a loss whose gradient by the output is `towards`: one array a parameter, in the order of `parametersOf`. */
function gradientsOf(network, blocks, towards, masks) {
  const { channels } = network;
  const [mixers, biases] = [[], []];
  const length = towards.length;
  const last = Float64Array.from(range(channels), (channel) => total(towards.map((slope, place) => slope * blocks.at(-1).kept[channel * length + place])));
  let upper = Float64Array.from(range(channels * length), (index) => network.last[Math.floor(index / length)] * towards[index % length]);
  for (let block = BLOCKS - 1; block >= 0; block -= 1) {
    const { doubled, kept } = blocks[block];
    const width = kept.length / channels;
    const below = upper.map((slope, index) => (kept[index] > 0 ? slope : 0));
    const mixer = new Float64Array(3 * channels * channels);
    const spread = new Float64Array(kept.length);
    for (let out = 0; out < channels; out += 1) {
      for (let from = 0; from < channels; from += 1) {
        for (let shift = 0; shift < 3; shift += 1) {
          const tap = 3 * (out * channels + from) + shift;
          let sum = 0;
          for (let place = Math.max(0, 1 - shift); place < Math.min(width, width + 1 - shift); place += 1) {
            const at = from * width + place + shift - 1;
            sum += below[out * width + place] * doubled[at];
            spread[at] += network.mixers[block][tap] * below[out * width + place];
          }
          mixer[tap] = sum;
        }
      }
    }
    mixers.unshift(mixer);
    biases.unshift(Float64Array.from(range(channels), (channel) => total([...below.subarray(channel * width, (channel + 1) * width)])));
    upper = halvedOf(spread, channels, width / 2).map((slope, index) => slope * (masks ? masks[block][index] : 1));
  }
  return [...mixers, ...biases, last];
}

/** What one sample draws: noise on the input, and a mask a block that keeps 1 - p0 of the values, made larger. */
function randomness(network, dropout, noise, rng) {
  const count = network.channels * network.width;
  const jitter = noise ? Float64Array.from(rng.normals(count), (value) => noise * value) : null;
  const masks = dropout ? range(BLOCKS).map((block) => Float64Array.from(range(count * 2 ** block), () => (rng.uniform() >= dropout ? 1 / (1 - dropout) : 0))) : null;
  return { jitter, masks };
}

/** One iteration after the other of Adam on ‖k ⊗ G_x - y‖²; each call returns the sample that it was made with. */
function training(network, blurred, kernel, rate, draw = () => ({ jitter: null, masks: null })) {
  const parameters = parametersOf(network);
  const [first, second] = [0, 1].map(() => parameters.map((one) => new Float64Array(one.length)));
  const turned = [...kernel].reverse();
  let iteration = 0;
  return () => {
    iteration += 1;
    const { jitter, masks } = draw();
    const blocks = passed(network, jitter, masks);
    const sample = outputOf(network, blocks);
    const towards = full(valid(sample, kernel).map((value, index) => 2 * (value - blurred[index])), turned);
    const [mass, energy] = [1 - 0.9 ** iteration, 1 - 0.999 ** iteration];
    gradientsOf(network, blocks, towards, masks).forEach((slopes, which) => {
      for (let index = 0; index < slopes.length; index += 1) {
        const slope = slopes[index];
        first[which][index] = 0.9 * first[which][index] + 0.1 * slope;
        second[which][index] = 0.999 * second[which][index] + 0.001 * slope * slope;
        parameters[which][index] -= (rate * first[which][index]) / mass / (Math.sqrt(second[which][index] / energy) + 1e-8);
      }
    });
    return sample;
  };
}
