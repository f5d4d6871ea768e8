"""What one change brings with it: new settings from old ones, without touching anything.

Whatever can be kept is kept: typed weights follow a change of kind or size, and an input size grows
with a text that has more letters.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.initialization import INIT_SCHEMES, Scheme
from rnnviz.networks import NETWORKS
from rnnviz.sequences import Source
from rnnviz.settings import DROPOUT, InitializationSettings, NetworkSettings, Settings


@dataclass(frozen=True)
class Difference:
    """Which parts of two settings give other numbers; where none does, the record stays.

    Attributes
    ----------
    network : bool
        A module of other sizes or another kind.
    weights : bool
        Other numbers in its parameters.
    sequence : bool
        Other numbers in the inputs, or in the random start state that is drawn after them.
    start_state : bool
        Another choice of the start state.
    lockstep : bool
        Other networks beside the session's own.
    replay : bool
        Other states that were recorded elsewhere, or none any more.
    """

    network: bool
    weights: bool
    sequence: bool
    start_state: bool
    lockstep: bool = False
    replay: bool = False

    @property
    def record(self) -> bool:
        """Whether the record is another one."""
        return self.weights or self.sequence or self.start_state or self.replay


def difference(old: Settings, new: Settings) -> Difference:
    """Work out what a change of settings really changes."""
    network = not new.network.same_module(old.network)
    return Difference(
        network=network,
        weights=network or _weights(old) != _weights(new),
        sequence=_draws(old) != _draws(new),
        start_state=new.sequence.start_state != old.sequence.start_state,
        lockstep=new.lockstep != old.lockstep,
        replay=new.replay is not old.replay,
    )


def without_stale_replay(old: Settings, new: Settings) -> Settings:
    """Return `new` without recorded states that belong to `old` and no longer to it."""
    stale = new.replay is not None and new.replay is old.replay and difference(old, new).record
    return new.model_copy(update={"replay": None}) if stale else new


def sentence_about(old: Settings, new: Settings) -> str:
    """Say what a change of settings did, and what it kept; empty if the record stays."""
    differs = difference(old, new)
    if differs.replay and new.replay is None:
        return "The record is left: from here on, the states are computed."
    same_inputs = _inputs(old) == _inputs(new)
    kept = "; the sequence is the same" if same_inputs else ""
    if _only_dropout_differs(old, new):
        before, now = old.network.drops, new.network.drops
        dropped = "Other states are" if before and now else "States are" if now else "Nothing is"
        return f"{dropped} dropped; weights and sequence are the same."
    if differs.network:
        return f"New network: {new.network.description.title}{kept}.{_about_numbers(old, new)}"
    if differs.weights:
        return f"New weights{kept}."
    if not same_inputs:
        return _about_sequence(old, new)
    return "New start state; weights and sequence are the same." if differs.record else ""


def _only_dropout_differs(old: Settings, new: Settings) -> bool:
    chosen = {name: getattr(new.network, name) for name in DROPOUT}
    network = old.network.model_copy(update=chosen)
    return old != new and old.model_copy(update={"network": network}) == new


def _about_numbers(old: Settings, new: Settings) -> str:
    """Say what became of weights that were typed or read; empty if they are as they were."""
    before, now = old.initialization.scheme, new.initialization.scheme
    said = "" if now.from_file else before.what_became(now)
    return said and f" {said}"


def draws_weights(settings: Settings) -> bool:
    """Return whether another weights seed would give other weights."""
    init, shapes = settings.initialization, settings.network.shapes
    return any(init.scheme_of(name).draws(shape) for name, shape in shapes.items())


def why_no_draw(settings: Settings) -> str:
    """Say why drawing new weights would do nothing; empty if it would do something."""
    if draws_weights(settings):
        return ""
    return "Nothing to draw: no weight comes from chance. Choose a scheme such as Uniform first."


def with_network(settings: Settings, network: NetworkSettings) -> Settings:
    """Return `settings` with another network, its initialisation following.

    A scheme that was left at the old kind's default becomes the new kind's. Numbers typed for a
    parameter go to the one that plays its part in the new kind; tables lose rows and columns that
    are gone and gain zeros for new ones; where they no longer fit, the kind's default draws.
    """
    old, new = settings.network, network
    init = settings.initialization
    if old.kind != new.kind:
        init = _of_kind(init, old.kind, new.kind)
    if old.shapes != new.shapes:
        init = _of_shapes(init, new)
    return settings.model_copy(update={"network": network, "initialization": init})


def with_source(settings: Settings, source: Source) -> Settings:
    """Return `settings` with another source, the input's size and the batch following."""
    source = source.following(settings.sequence.source)
    sequence = settings.sequence.model_copy(update={"source": source})
    settings = settings.model_copy(update={"sequence": sequence})
    sizes = _sizes_asked_for(settings)
    return with_network(settings, settings.network.model_copy(update=sizes)) if sizes else settings


def _sizes_asked_for(settings: Settings) -> dict[str, int]:
    """Return the sizes that the source needs others of, as far as they would help."""
    network, sequence = settings.network, settings.sequence
    source, sizes = sequence.source, {}
    needed = source.needs_inputs()
    fits = source.misfit(sequence.steps, network.input_size) is None
    if needed is not None and not fits and not source.misfit(sequence.steps, needed):
        sizes["input_size"] = needed
    batch = source.own_batch()
    if batch is not None and batch != network.batch_size:
        sizes["batch_size"] = batch
    return sizes


def _weights(settings: Settings) -> tuple[object, ...]:
    """Return all that the numbers in the parameters of a network follow from."""
    init, shapes = settings.initialization, settings.network.shapes
    # An override counts even if it is the common scheme: it draws from a seed of its own.
    overrides = init.overrides_for(shapes)
    common = init.scheme if overrides.keys() != shapes.keys() else None
    return common, overrides, init.seed if draws_weights(settings) else None


def _inputs(settings: Settings) -> tuple[object, ...]:
    """Return all that the numbers in the inputs follow from."""
    network, sequence = settings.network, settings.sequence
    seed = sequence.seed if sequence.source.uses_seed else None
    return sequence.source, sequence.steps, seed, network.input_size, network.batch_size


def _draws(settings: Settings) -> tuple[object, ...]:
    """Return all that inputs and random start state follow from, drawn one after the other."""
    sequence = settings.sequence
    chance = sequence.source.uses_seed or sequence.start_state == "normal"
    return _inputs(settings), settings.state_shape, sequence.seed if chance else None


def _about_sequence(old: Settings, new: Settings) -> str:
    steps = new.sequence.steps
    said = f"New sequence of {steps:,} steps; the weights are the same."
    if new.sequence.source.uses_seed and steps != old.sequence.steps:
        said += " Noise of another length does not keep its beginning."
    return said


def _of_kind(init: InitializationSettings, old: str, new: str) -> InitializationSettings:
    scheme: Scheme = init.scheme
    if scheme == INIT_SCHEMES[NETWORKS[old].default_scheme]():
        scheme = INIT_SCHEMES[NETWORKS[new].default_scheme]()
    symbols = NETWORKS[new].symbols
    names = {name: symbols.get(symbol, name) for symbol, name in NETWORKS[old].symbols.items()}
    overrides = {names.get(name, name): s.renamed(names) for name, s in init.overrides.items()}
    return init.model_copy(update={"scheme": scheme.renamed(names), "overrides": overrides})


def _of_shapes(init: InitializationSettings, network: NetworkSettings) -> InitializationSettings:
    shapes = network.shapes
    default = INIT_SCHEMES[network.description.default_scheme]()
    scheme = init.scheme.fitted(shapes) or default
    overrides = {
        name: own.fitted({name: shapes[name]}) or default if name in shapes else own
        for name, own in init.overrides.items()
    }
    return init.model_copy(update={"scheme": scheme, "overrides": overrides})
