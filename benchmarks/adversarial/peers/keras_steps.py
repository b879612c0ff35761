"""The step of two players in Keras: one class for TensorFlow, one for JAX."""

from __future__ import annotations

from typing import Any

from benchmarks.adversarial.row import LATENT


def steps(keras: Any) -> Any:
    """The model class of the backend: made of a generator and a critic, with `optimizers`."""
    return {"tensorflow": _on_tensorflow, "jax": _on_jax}[keras.backend.backend()](keras)


def _on_tensorflow(keras: Any) -> Any:
    import tensorflow as tf

    softplus = tf.math.softplus

    class Adversaries(keras.Model):
        def __init__(self, generator: Any, critic: Any) -> None:
            super().__init__()
            self.generator, self.critic = generator, critic

        def prepare(self, **how: Any) -> None:
            self.compile(**how)

        def train_step(self, real: Any) -> Any:
            of_generator, of_critic = self.optimizers
            with tf.GradientTape() as slow:
                made = self.generator(tf.random.normal((tf.shape(real)[0], LATENT)), training=True)
                with tf.GradientTape() as tape:
                    known = self.critic(real, training=True)
                    new = self.critic(tf.stop_gradient(made), training=True)
                    loss = tf.reduce_mean(softplus(-known)) + tf.reduce_mean(softplus(new))
                weights = self.critic.trainable_weights
                of_critic.apply(tape.gradient(loss, weights), weights)
                fooled = tf.reduce_mean(softplus(-self.critic(made, training=True)))
            weights = self.generator.trainable_weights
            of_generator.apply(slow.gradient(fooled, weights), weights)
            return {"critic": loss, "generator": fooled}

    return Adversaries


def _on_jax(keras: Any) -> Any:
    import jax

    softplus = jax.nn.softplus

    class Adversaries(keras.Model):
        def __init__(self, generator: Any, critic: Any) -> None:
            super().__init__()
            self.generator, self.critic = generator, critic
            self.chance = keras.random.SeedGenerator(0)
            self.built = True

        def call(self, pictures: Any) -> Any:
            return self.critic(pictures)

        def prepare(self, **how: Any) -> None:
            networks = (self.generator, self.critic)
            for optimizer, network in zip(self.optimizers, networks, strict=True):
                optimizer.build(network.trainable_variables)
            # Of an optimizer of its own Keras keeps the state: that of both stands in for it.
            self.compile(optimizer=_Both(self.optimizers), **how)

        def train_step(self, state: Any, real: Any) -> Any:
            trainable, other, kept, metrics = state
            cut = len(self.generator.trainable_variables)
            generator, critic = list(trainable[:cut]), list(trainable[cut:])
            names = [variable.path for variable in self.non_trainable_variables]
            place = {name: number for number, name in enumerate(names)}
            stats = [
                [other[place[variable.path]] for variable in network.non_trainable_variables]
                for network in (self.generator, self.critic)
            ]
            seed = other[place[self.chance.state.path]]
            key = jax.random.fold_in(jax.random.key(0), seed[1])
            noise = jax.random.normal(key, (real.shape[0], LATENT))

            def fool(generator: Any, critic: Any, stats: Any) -> Any:
                made, of_generator = self.generator.stateless_call(
                    generator, stats[0], noise, training=True
                )
                score, of_critic = self.critic.stateless_call(critic, stats[1], made, training=True)
                return softplus(-score).mean(), [of_generator, of_critic]

            def judge(critic: Any, made: Any) -> Any:
                known, seen = self.critic.stateless_call(critic, stats[1], real, training=True)
                new, seen = self.critic.stateless_call(critic, seen, made, training=True)
                return softplus(-known).mean() + softplus(new).mean(), seen

            made, _ = self.generator.stateless_call(generator, stats[0], noise, training=True)
            (loss, stats[1]), slopes = jax.value_and_grad(judge, has_aux=True)(critic, made)
            of_generator, of_critic = self.optimizers
            half = len(of_generator.variables)
            moved, critic_kept = of_critic.stateless_apply(list(kept[half:]), slopes, critic)
            (fooled, stats), slopes = jax.value_and_grad(fool, has_aux=True)(
                generator, moved, stats
            )
            generator, generator_kept = of_generator.stateless_apply(
                list(kept[:half]), slopes, generator
            )
            other = list(other)
            for network, values in zip((self.generator, self.critic), stats, strict=True):
                for variable, value in zip(network.non_trainable_variables, values, strict=True):
                    other[place[variable.path]] = value
            other[place[self.chance.state.path]] = seed.at[1].add(1)
            state = ([*generator, *moved], other, [*generator_kept, *critic_kept], metrics)
            return {"critic": loss, "generator": fooled}, state

    class _Both(keras.optimizers.Optimizer):
        """The variables of two optimizers, for Keras to carry through its loop."""

        def __init__(self, two: Any) -> None:
            super().__init__(learning_rate=0.0)
            self.two = two
            self.built = True

        @property
        def variables(self) -> Any:
            return [variable for optimizer in self.two for variable in optimizer.variables]

        def build(self, variables: Any) -> None:
            pass

    return Adversaries
