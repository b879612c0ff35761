import pytest

from ranvier.families.gan.generation.recipes import STEPS, STEPS_OF_FEW, chosen
from ranvier.families.gan.hyperparameters import LOSSES


@pytest.mark.parametrize(("rows", "steps"), [(1_797, STEPS_OF_FEW), (60_000, STEPS)])
@pytest.mark.parametrize("batch_size", [None, 16, 512])
def test_runs_have_as_many_steps_whatever_the_batch(rows, steps, batch_size):
    values = chosen("strong", None, rows, batch_size)
    of_epoch = -(-rows // (batch_size or values["batch_size"]))
    of_epoch = min(of_epoch, values["steps_per_epoch"])
    assert steps - of_epoch < values["epochs"] * of_epoch <= steps


def test_few_pictures_are_changed_lest_they_be_learned_by_heart():
    assert chosen("strong", None, 1_000, None)["augmentation"] == "adaptive"
    assert chosen("strong", None, 60_000, None)["augmentation"] == "none"


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_brings_its_own_settings(loss):
    values = chosen("textbook", loss, 1_000, None)
    assert (values["gamma"] > 0) == (loss in ("r3gan", "wgan_gp"))
    assert values["beta1"] == (0.5 if loss == "dcgan" else 0.0)
    assert chosen("textbook", None, 1_000, None)["loss"] == "dcgan"
    assert chosen("strong", None, 1_000, None)["loss"] == "r3gan"
