"""The hub: settings, the run, the cursor, what is selected, and the signals that views follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from rnnviz.building import build_inputs, build_network, build_run
from rnnviz.changes import difference, sentence_about
from rnnviz.fields import MAX_SEED
from rnnviz.presets import Preset, load_presets
from rnnviz.runner import Runner
from rnnviz.settings import InitializationSettings, Settings, SettingsError, problems_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from rnnviz.networks.base import Network
    from rnnviz.traces.run import Run
    from rnnviz.traces.trace import Trace

INLINE_SECONDS = 0.008
"""What takes less is computed at once; what takes longer goes to the worker."""
AHEAD = 32
"""Steps that the worker keeps ready beyond the cursor: half a block."""


@dataclass(frozen=True)
class Pin:
    """A unit whose sum is written out: ``part`` is ``"hidden"`` or ``"output"``."""

    part: Literal["hidden", "output"]
    unit: int


@dataclass(frozen=True)
class Selection:
    """What of the record is looked at: one sequence of the batch, one layer, a pinned unit."""

    sequence: int = 0
    layer: int = 0
    pin: Pin | None = None


class Session(QObject):
    """One network, one sequence, one record.

    Signals
    -------
    settings_changed() : `settings` is another object; panels follow.
    network_changed() : a network of other sizes or another kind; views build anew.
    weights_changed() : other numbers in the parameters.
    trace_reset() : a new run begins; the cursor is at 0.
    trace_extended(first, last) : steps first..last are revealed.
    cursor_moved(t)
    selection_changed()
    busy_changed(busy) : whether steps are asked for that are not computed yet.
    preset_opened(preset)
    notice(sentence) : what was just done, for the status bar.
    failed(error) : the module raised this while it computed.
    """

    settings_changed = Signal()
    network_changed = Signal()
    weights_changed = Signal()
    trace_reset = Signal()
    trace_extended = Signal(int, int)
    cursor_moved = Signal(int)
    selection_changed = Signal()
    busy_changed = Signal(bool)
    preset_opened = Signal(object)
    notice = Signal(str)
    failed = Signal(object)

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings or Settings()
        self.selection = Selection()
        self.preset: Preset | None = None
        self.cursor = 0
        self.previous_weights: InitializationSettings | None = None
        self._target = 0
        self._busy = False
        self._carried: Tensor | None = None
        self._runner = Runner(self)
        self._runner.extended.connect(self._on_runner_extended)
        self._runner.failed.connect(self._on_runner_failed)
        self._raise_problems(self.settings)
        self._network = build_network(self.settings)
        self._drawn = build_inputs(self.settings)
        self.run = build_run(self.settings, self._network, self._drawn, None)

    # What there is

    @property
    def network(self) -> nn.Module:
        """The torch module."""
        return self._network.module

    @property
    def contract(self) -> Network:
        """The module behind the network contract."""
        return self._network

    @property
    def trace(self) -> Trace:
        """The record, up to what is revealed."""
        return self.run.trace

    @property
    def length(self) -> int:
        """The number of steps of the whole sequence."""
        return self.run.length

    @property
    def target(self) -> int:
        """The step that was asked for; the cursor is on its way there."""
        return self._target

    @property
    def busy(self) -> bool:
        """Whether the cursor still waits for steps to be computed."""
        return self._target > self.cursor

    # What a user changes

    def apply(self, settings: Settings) -> None:
        """Take `settings` over, keeping whatever they do not change.

        Raises
        ------
        SettingsError
            If they cannot be applied; nothing has changed then.
        """
        old = self.settings
        if settings == old:
            return
        self._raise_problems(settings)
        differs = difference(old, settings)
        network = build_network(settings) if differs.weights else self._network
        drawn = build_inputs(settings) if differs.sequence else self._drawn
        ends = differs.sequence or differs.start_state
        carried = self._last_state() if ends else self._carried
        run = build_run(settings, network, drawn, carried) if differs.record else self.run
        # Up to here nothing has changed; from here on nothing can fail.
        if differs.weights:
            self.previous_weights = None if differs.network else old.initialization
        self.settings, self._network, self._drawn, self._carried = settings, network, drawn, carried
        if run is not self.run:
            self._begin(run, differs.network)
        self.settings_changed.emit()
        if differs.weights:
            self.weights_changed.emit()
        self._say(sentence_about(old, settings))

    def draw_new_weights(self) -> None:
        """Draw other weights from the next seed."""
        init = self.settings.initialization
        self.apply_initialization(
            init.model_copy(update={"seed": 0 if init.seed == MAX_SEED else init.seed + 1})
        )

    def restore_previous_weights(self) -> None:
        """Go back to the weights before the last change of them; again goes forth."""
        if self.previous_weights is not None:
            colours = {"weight_range": self.settings.initialization.weight_range}
            self.apply_initialization(self.previous_weights.model_copy(update=colours))

    def apply_initialization(self, initialization: InitializationSettings) -> None:
        """Apply `initialization`, and leave all else."""
        self.apply(self.settings.model_copy(update={"initialization": initialization}))

    def open_preset(self, name: str) -> None:
        """Open a preset by its name.

        Raises
        ------
        KeyError
            If there is no preset of this name.
        """
        presets = load_presets()
        if name not in presets:
            raise KeyError(f"There is no preset {name!r}; there are: {', '.join(presets)}.")
        preset = presets[name]
        self.preset = None
        self.apply(preset.settings)
        self.select(pin=None, sequence=0, layer=0)
        self.seek(0)
        self.preset = preset
        self.preset_opened.emit(preset)
        self.notice.emit(f"Opened “{preset.title}”.")

    def select(self, **changes: object) -> None:
        """Change `selection`, as ``select(layer=1)`` or ``select(pin=None)``."""
        selection = replace(self.selection, **changes)  # type: ignore[arg-type]
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    # Going through the sequence

    def step_forward(self) -> None:
        """Go one step on; computes only at the end of what is computed."""
        self.seek(self._target + 1)

    def step_back(self) -> None:
        """Take back the last step that is still waiting, or else go one step back."""
        self.seek(self._target - 1)

    def seek(self, t: int) -> None:
        """Go to step `t`, computing up to there where nobody has been."""
        self._target = max(0, min(t, self.length))
        self._advance()

    def run_to_end(self) -> None:
        """Go to the last step."""
        self.seek(self.length)

    def cancel(self) -> None:
        """Stop computing; what was computed and shown stays."""
        self._runner.cancel()
        self._target = self.cursor
        self._update_busy()

    def close(self) -> None:
        """End the worker; the session cannot run on afterwards."""
        self.cancel()  # so that a report still on its way moves nothing
        self._runner.stop()

    # How it is done

    def _advance(self) -> None:
        """Bring the cursor as near to the target as the record allows, and ask for the rest."""
        run = self.run
        wanted = min(self._target + AHEAD, run.length)
        if self._target > run.computed and self._is_quick(run):
            self._compute_now(run)
        elif wanted > run.computed and not self._is_quick(run):
            self._runner.extend(run, wanted)
        else:
            self._runner.cancel()
        self._go(min(self._target, run.computed))
        self._update_busy()

    def _compute_now(self, run: Run) -> None:
        try:
            while run.computed < self._target:
                run.compute_block()
        except Exception:
            self.cancel()  # as when the worker fails: nothing is awaited any more
            raise

    def _is_quick(self, run: Run) -> bool:
        if self._runner.working_on(run):
            return False
        steps = max(self._target - run.computed, run.next_block())
        return run.expected_seconds(steps) < INLINE_SECONDS

    def _go(self, t: int) -> None:
        revealed = self.run.revealed
        self.run.reveal(t)
        moved = t != self.cursor
        self.cursor = t
        if self.run.revealed > revealed:
            self.trace_extended.emit(revealed + 1, self.run.revealed)
        if moved:
            self.cursor_moved.emit(t)

    def _update_busy(self) -> None:
        if self.busy != self._busy:
            self._busy = self.busy
            self.busy_changed.emit(self._busy)

    def _last_state(self) -> Tensor:
        import torch

        # A copy: the record's own memory lies at another alignment, which changes last bits.
        return torch.from_numpy(self.trace.hidden[-1].copy()).clone()

    def _begin(self, run: Run, new_network: bool) -> None:
        self._runner.cancel()
        self.run = run
        self._target = self.cursor = 0
        self.selection = self._fitting_selection()
        self._update_busy()
        if new_network:
            self.network_changed.emit()
        self.trace_reset.emit()
        self.cursor_moved.emit(0)

    def _fitting_selection(self) -> Selection:
        s = self.selection
        units = {
            "hidden": self._network.hidden_size,
            "output": self._network.output_size or 0,
        }
        pin = s.pin if s.pin and s.pin.unit < units[s.pin.part] else None
        layer = min(s.layer, self._network.num_layers - 1)
        return Selection(min(s.sequence, self.run.batch_size - 1), layer, pin)

    def _raise_problems(self, settings: Settings) -> None:
        problems = problems_of(settings)
        if problems:
            raise SettingsError(problems)

    def _say(self, sentence: str) -> None:
        carries = self.settings.sequence.start_state == "carry" and self._carried is not None
        if sentence and carries:
            carried = self.run.h0 is self._carried
            sentence += (
                " It starts from the last state of the previous run."
                if carried
                else " The last state had another shape: it starts from zeros."
            )
        if sentence:
            self.notice.emit(sentence)

    # What the worker says

    def _on_runner_extended(self, run: Run) -> None:
        if run is self.run:
            self._advance()
        self._runner.heard()

    def _on_runner_failed(self, run: Run, error: Exception) -> None:
        if run is self.run:
            self.cancel()
            self.failed.emit(error)
