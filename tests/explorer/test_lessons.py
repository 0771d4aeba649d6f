"""The course's widgets: their sums are the laboratory's, and they move by keyboard, mouse and touch with no kernel."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d

from mcdeconv import teaching
from mcdeconv.core import networks
from mcdeconv.core.algorithm_1 import initialise
from mcdeconv.core.presets import configure
from mcdeconv.errors import InputError
from mcdeconv.explorer import sampler
from mcdeconv.explorer.lessons import LESSONS, Lesson
from mcdeconv.explorer.sampler import load_sampler, sampler_of
from mcdeconv.explorer.widget import joined_module
from mcdeconv.teaching.exact import log_joint_maximum
from mcdeconv.teaching.network import gradients

PARTS = ("common.js", "lessons/laboratory.js", "lessons/lesson.js", "lessons/decoder.js", "lessons/image_net.js")
PRIOR = {"chance": 0.25, "jump": 1.0, "small": 0.2, "level": 1.0}
SIGNAL = [0.0] * 10 + [1.0] * 12 + [0.4] * 18
AS_TEACHING = teaching.SparsePrior(0.25, 1.0, 0.2, 1.0)
STATUS, SLIDER = ".mcd-status", ".mcd-slider input"


@pytest.fixture(scope="module")
def compute(browser):
    """Evaluates an expression with the laboratory's functions in a page, given some values by name."""
    context = browser.new_context()
    page = context.new_page()

    def evaluate(expression, **values):
        found = page.evaluate(
            f"(given) => {{ {joined_module(*PARTS)}\nreturn {expression}; }}", json.loads(json.dumps(values))
        )
        return np.array(found) if isinstance(found, list) else found

    yield evaluate
    context.close()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_kernels_and_convolutions(compute, rng):
    signal, kernel = rng.standard_normal(20).tolist(), rng.random(4).tolist()
    both = {"signal": signal, "kernel": kernel}
    assert np.allclose(compute("valid(given.signal, given.kernel)", **both), np.convolve(signal, kernel, "valid"))
    assert np.allclose(compute("full(given.signal, given.kernel)", **both), np.convolve(signal, kernel))
    for std in (0.0, 0.7, 2.0):
        assert np.allclose(compute("bump(given.std, 7)", std=std), teaching.bump(std, 7))
    assert np.allclose(compute("binomial(3)"), np.array([1, 3, 3, 1]) / 8)


def test_exact_logarithms_and_best_pairs_of_a_sparse_prior(compute, rng):
    kernels = [teaching.bump(std, 5) for std in (0.0, 0.6, 1.1)]
    signals = AS_TEACHING.draw(11, 3, rng)
    seen = [teaching.blurred(signal, kernels[1], 0.05, seed) for seed, signal in enumerate(signals)]
    for kernel in kernels:
        given = {"seen": [one.tolist() for one in seen], "kernel": kernel.tolist(), "prior": PRIOR}
        found = compute("sparseLogs(given.seen, given.kernel, given.prior, 0.05)", **given)
        alone = sum(teaching.log_evidence(one, kernel, AS_TEACHING, 0.05) for one in seen)
        pair = sum(log_joint_maximum(one, kernel, AS_TEACHING, 0.05)[0] for one in seen)
        assert found["alone"] == pytest.approx(alone, abs=1e-6) and found["pair"] == pytest.approx(pair, abs=1e-6)


def test_the_bound_and_its_gap(compute, rng):
    mean, kernel = rng.standard_normal(18), teaching.bump(0.9, 5)
    seen = teaching.blurred(mean, kernel, 0.2, 1)
    given = {"seen": seen.tolist(), "kernel": kernel.tolist(), "mean": mean.tolist()}
    found = compute("evidenceAndBound(given.seen, given.kernel, given.mean, 0.3, 0.2)", **given)
    gap = teaching.jensen_gap(seen, kernel, mean, 0.3, 0.2)
    assert found["evidence"] - found["bound"] == pytest.approx(gap, abs=1e-6)
    square = compute("expectedSquare(given.seen, given.kernel, given.mean, 0.3)", **given)
    wanted = teaching.expected_squared_error(seen, kernel, mean, 0.3)
    assert square["misfit"] + square["spread"] == pytest.approx(wanted, abs=1e-6)
    bound = -(wanted / 0.2**2 + len(seen) * (np.log(0.2**2) + np.log(2 * np.pi))) / 2
    assert found["bound"] == pytest.approx(bound, abs=1e-6)


def test_means_of_likelihoods(compute, rng):
    kernel = teaching.bump(0.9, 5)
    signals = rng.standard_normal((24, 12))
    seen = teaching.blurred(signals[0], kernel, 0.5, 1)
    given = {"seen": seen.tolist(), "kernel": kernel.tolist(), "signals": signals.tolist()}
    logs = "given.signals.map((one) => logLikelihood(given.seen, given.kernel, one, 0.5))"
    for group in (1, 6, 12):
        wanted = teaching.log_mean_likelihood(seen, kernel, signals, 0.5, group).value
        assert compute(f"logMeans({logs}, {group})", **given) == pytest.approx(wanted, abs=1e-6)


def test_the_posterior_of_a_smooth_signal(compute, rng):
    prior, kernel = teaching.SmoothPrior(0.3, 1.0), teaching.bump(1.0, 7)
    seen = teaching.blurred(prior.draw(32, 1, rng)[0], kernel, 0.1, 2)
    found = compute("smoothPosterior(given.kernel, 32, 0.3, 1, 0.1)", kernel=kernel.tolist())
    mean, std = teaching.posterior_of_signal(seen, kernel, prior, 0.1)
    assert np.allclose(found["std"], std, atol=1e-6)
    assert np.allclose(np.array(found["gain"]) @ seen, mean, atol=1e-6)


def network_given(rng):
    network = teaching.decoder(32, 5, seed=3)
    for bias in network.biases:
        bias += 0.1 * rng.standard_normal(5)
    parts = {"input": network.input.tolist(), "last": network.last.tolist()}
    parts |= {name: [one.tolist() for one in getattr(network, name)] for name in ("mixers", "biases")}
    return network, parts


def test_the_decoder_its_gradients_and_its_training(compute, rng):
    network, parts = network_given(rng)
    jitter, masks = teaching.randomness(network, 0.3, 0.2, rng)
    given = {"parts": parts, "jitter": jitter.ravel().tolist(), "masks": [one.ravel().tolist() for one in masks]}
    begin = "const network = decoderOf(given.parts); const blocks = passed(network, given.jitter, given.masks);"
    found = compute(f"(() => {{ {begin} return outputOf(network, blocks); }})()", **given)
    assert np.allclose(found, teaching.output(network, jitter, masks), atol=1e-6)
    towards = rng.standard_normal(32)
    script = (
        f"(() => {{{{ {begin} return [...gradientsOf(network, blocks, given.towards, given.masks)[{{index}}]]; }}}})()"
    )
    for index, wanted in enumerate(gradients(network, towards, jitter, masks)):
        slopes = compute(script.format(index=index), **given, towards=towards.tolist())
        assert np.allclose(slopes, wanted.ravel(), atol=1e-6)
    kernel, data = np.array([0.2, 0.5, 0.3]), rng.standard_normal(30)
    step = "const step = training(decoderOf(given.parts), given.data, given.kernel, 0.02);"
    train = f"(() => {{ {step} for (let n = 0; n < 30; n += 1) step(); return step(); }})()"
    found = compute(train, parts=parts, data=data.tolist(), kernel=kernel.tolist())
    *_, last = teaching.trained(network, data, kernel, 30, 0.02)
    assert np.allclose(found, last, atol=1e-6)


def test_random_numbers_are_uniform_normal_and_the_same_again(compute):
    uniform = compute("(() => { const one = generator(5); return range(20000).map(one.uniform); })()")
    normal = compute("generator(5).normals(20000)")
    assert uniform.min() >= 0 and uniform.max() < 1 and abs(uniform.mean() - 0.5) < 0.01
    assert abs(normal.mean()) < 0.03 and normal.std() == pytest.approx(1, abs=0.02)
    assert np.array_equal(normal[:50], compute("generator(5).normals(50)"))


@pytest.fixture(scope="module")
def small():
    """A state of Algorithm 1 before its first step, with a small image network."""
    config = configure("ours", "quick")
    config = replace(config, image_net=replace(config.image_net, channels=8, skip_channels=4, levels=4))
    target = torch.rand(1, 1, 40, 37, generator=torch.Generator().manual_seed(0))
    return initialise(target, 5, config, seed=1), target[0, 0].numpy()


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_page_draws_the_samples_that_pytorch_would(compute, small, dropout):
    state, blurred = small
    stored = sampler_of(state, blurred)
    given = {"stored": stored, "dropout": dropout}
    sizes = compute("maskSizes(samplerOf(given.stored))", **given)
    rng = np.random.default_rng(0)
    masks = [(rng.random(int(size)) >= dropout) / (1 - dropout) for size in sizes]
    jitter = 0.05 * rng.standard_normal(state.z_x.numel())
    script = "[...sampleOf(samplerOf(given.stored), Float64Array.from(given.jitter), given.masks)]"
    found = compute(script, **given, jitter=jitter.tolist(), masks=[one.tolist() for one in masks])
    left = list(masks)

    def drop(features, rate, mode, generator):
        return features * torch.from_numpy(left.pop(0)).reshape(features.shape).to(features.dtype)

    with pytest.MonkeyPatch.context() as patch, torch.no_grad():
        patch.setattr(networks, "dropout", drop)
        z = state.z_x + torch.from_numpy(jitter).reshape(state.z_x.shape).float()
        wanted = state.image_net(z, dropout, torch.Generator())[0, 0].numpy()
    assert not left
    assert np.abs(found.reshape(wanted.shape) - wanted).max() < 1e-3
    assert np.ptp(wanted) > 0.05


def test_blur_in_two_dimensions(compute, rng):
    image, kernel = rng.random((9, 12)), rng.random((3, 3))
    given = {"image": image.ravel().tolist(), "kernel": kernel.ravel().tolist()}
    found = compute("[...blurredBy(given.kernel, 3, given.image, [9, 12])]", **given)
    assert np.allclose(found.reshape(7, 10), convolve2d(image, kernel, "valid"))


def test_a_network_that_a_page_cannot_compute_is_refused(small):
    state, blurred = small
    odd = replace(state.config.image_net, encoder_convolutions=2)
    other = replace(state, config=replace(state.config, image_net=odd))
    with pytest.raises(InputError, match="not one that a page computes"):
        sampler_of(other, blurred)


def test_the_stored_sampler_is_of_todays_configuration():
    stored = load_sampler()
    assert stored["config"] == configure("ours", stored["tier"]).digest()
    assert stored["iterations"] == configure("ours", stored["tier"]).iterations


STORED = load_sampler()


def of(name):
    return Lesson(name, SIGNAL, STORED if name == "sampler" else None)


def state_of(name):
    return {key: value for key, value in of(name).get_state().items() if not key.startswith("_")}


@pytest.mark.parametrize("name", LESSONS)
def test_every_slider_moves_by_keyboard_and_says_so(open_widget, name):
    opened = open_widget(of(name), state_of(name))
    page = opened.page
    for slider in page.locator(SLIDER).all():
        slider.focus()
        said = set()
        for key in ("Home", "ArrowRight", "ArrowRight", "End"):
            page.keyboard.press(key)
            said.add(page.inner_text(".mcd-lesson"))
        assert len(said) >= 2
    assert opened.errors == []


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("touch", [False, True])
def test_the_mouse_and_a_finger_move_it(open_widget, name, touch):
    opened = open_widget(of(name), state_of(name), width=375, touch=touch, scheme="dark" if touch else "light")
    page = opened.page
    slider = page.locator(SLIDER).first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    shown = []
    for share in (0.05, 0.95):
        x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
        page.touchscreen.tap(x, y) if touch else page.mouse.click(x, y)
        shown.append(page.inner_text(".mcd-lesson"))
    assert shown[0] != shown[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert opened.errors == []


@pytest.mark.parametrize(
    "name", [name for name, kind in LESSONS.items() if "draw" in kind.settings and name != "network"]
)
def test_a_button_draws_anew(open_widget, name):
    opened = open_widget(of(name), state_of(name))
    before = opened.page.locator(".mcd-chart").first.inner_html()
    opened.page.get_by_role("button").click()
    assert opened.page.locator(".mcd-chart").first.inner_html() != before and opened.state("draw") == 1
    assert opened.errors == []


def test_the_network_trains_pauses_and_starts_anew(open_widget):
    opened = open_widget(Lesson("network", SIGNAL), state_of("network"))
    page = opened.page
    page.get_by_role("button", name="Train").click()
    page.wait_for_function("document.querySelector('.mcd-status').textContent.match(/^After (\\d+)/)[1] >= 80")
    page.get_by_role("button", name="Pause").click()
    stopped = page.inner_text(STATUS)
    page.wait_for_timeout(100)
    assert page.inner_text(STATUS) == stopped
    page.get_by_role("button", name="Start anew").click()
    assert page.inner_text(STATUS).startswith("After 0 of")
    assert opened.errors == []


def test_samples_build_up_and_begin_anew_with_other_sliders(open_widget):
    opened = open_widget(of("sampler"), state_of("sampler"))
    page = opened.page
    assert page.inner_text(STATUS).startswith("One sample.")
    page.get_by_role("button", name="Draw samples").click()
    page.wait_for_function("document.querySelector('.mcd-status').textContent.match(/^(\\d+) samples/)?.[1] >= 3")
    page.get_by_role("button", name="Pause").click()
    page.locator(SLIDER).first.focus()
    page.keyboard.press("End")
    assert page.inner_text(STATUS).startswith("One sample.") and opened.state("p0") == 0.5
    assert page.locator("canvas").evaluate_all("all => all.every((one) => one.getAttribute('aria-label'))")
    assert opened.errors == []


def test_what_python_sets_is_shown(open_widget):
    opened = open_widget(Lesson("breadth", SIGNAL), state_of("breadth"))
    opened.receive("spread", 0.0)
    assert "at a width of 1.0: at the truth" in opened.page.inner_text(STATUS)
    assert opened.errors == []


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("value", [1e9, -1.0, 0.0, 0.37])
def test_a_value_that_no_slider_has_is_taken_as_the_nearest(open_widget, name, value):
    """As an address may give it."""
    state = state_of(name)
    opened = open_widget(of(name), state | {each: value for each in state["names"]})
    said = opened.page.inner_text(STATUS)
    assert said and not any(wrong in said for wrong in ("NaN", "undefined", "Infinity"))
    assert opened.errors == []


@pytest.mark.parametrize(("name", "changed"), [("network", "noise"), ("sampler", "p0")])
def test_what_python_sets_begins_anew(open_widget, name, changed):
    opened = open_widget(of(name), state_of(name))
    before = opened.page.inner_text(STATUS)
    opened.receive(changed, 0.3)
    assert opened.page.inner_text(STATUS) != before
    assert opened.errors == []


@pytest.mark.parametrize("name", [name for name, kind in LESSONS.items() if kind.needs])
def test_a_lesson_without_what_it_is_about_is_refused(name):
    with pytest.raises(InputError, match=f"the lesson '{name}' needs its {LESSONS[name].needs}; give it one"):
        Lesson(name)


def test_a_sampler_is_trained_once_and_a_damaged_one_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(sampler, "train_sampler", lambda: {"config": configure("ours", "quick").digest(), "n": 1})
    path = sampler.save_sampler(tmp_path / "new")
    assert load_sampler(path.parent)["n"] == 1
    monkeypatch.setattr(sampler, "train_sampler", lambda: {"config": "other", "n": 2})
    assert load_sampler(sampler.save_sampler(path.parent).parent)["n"] == 1
    path.write_text("{")
    assert load_sampler(sampler.save_sampler(path.parent).parent)["n"] == 2


def test_a_missing_sampler_says_how_it_is_made(tmp_path):
    with pytest.raises(InputError, match="`make explorer` trains one"):
        load_sampler(tmp_path)


def test_an_unknown_lesson_is_refused():
    with pytest.raises(InputError, match="unknown lesson 'x'; choose one of blur, no-blur"):
        Lesson("x")


def test_a_page_that_is_executed_again_names_its_widget_equally():
    assert repr(Lesson("blur")) == repr(Lesson("blur")) == "<Lesson>"
