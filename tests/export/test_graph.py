"""The graph that all formats are written from."""

import numpy as np

from tests.export.models import model


def test_layers_have_their_own_names_and_the_weights_of_the_model():
    fitted = model("fcnn")
    layers = {step.name: step for step in fitted._exported().graph().steps if step.name}

    assert layers["output"].kind == "dense"
    kernel, bias = layers["output"].inputs[1:]
    np.testing.assert_array_equal(kernel.array, fitted.network_.output.kernel[...])
    np.testing.assert_array_equal(bias.array, fitted.network_.output.bias[...])


def test_a_recurrent_layer_is_one_step_each_way():
    kinds = [step.kind for step in model("rnn of texts")._exported().graph().steps]

    assert kinds.count("recurrent") == 2
    assert kinds.count("embedding") == 2


def test_pictures_go_through_convolutions_as_they_are_called():
    kinds = [step.kind for step in model("cnn")._exported().graph().steps]

    assert "einsum" not in kinds
    assert kinds.count("batch_normalization") == kinds.count("convolution")
    assert "max_pool" in kinds


def test_the_layers_of_a_stack_come_one_after_the_other():
    names = [step.name for step in model("gpt")._exported().graph().steps if step.name]

    assert [name for name in names if name.startswith("stack/up")] == ["stack/up/0", "stack/up/1"]


def test_the_number_of_rows_and_of_steps_is_free():
    tokens, lengths = (
        model("transformer")._exported().graph().inputs[name] for name in ("tokens", "lengths")
    )
    assert (tokens.shape, lengths.shape) == (("b", "n"), ("b",))


def test_the_sizes_of_pictures_are_not():
    (image,) = model("cnn")._exported().graph().inputs.values()
    assert image.shape == ("b", 8, 8, 3)
