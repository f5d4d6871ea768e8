"""The hub: settings, the run, the cursor, what is selected, and the signals that views follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rnnviz.building import build, rebuild
from rnnviz.changes import difference, sentence_about, why_no_draw, without_stale_replay
from rnnviz.history import History, Moment
from rnnviz.limits import MAX_SEED
from rnnviz.memory import MemoryLimits
from rnnviz.presets import Preset, load_presets
from rnnviz.scripts import code_of
from rnnviz.selection import Selection
from rnnviz.settings import InitializationSettings, LockstepSettings, Settings, SettingsError
from rnnviz.traces.scratch import remove_left_overs
from rnnviz.validation import problems_of
from rnnviz.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from rnnviz.building import Built
    from rnnviz.changes import Difference
    from rnnviz.lockstep.lockstep import Lockstep
    from rnnviz.networks.base import Network
    from rnnviz.traces.run import Run
    from rnnviz.traces.trace import Trace

MANY_WEIGHTS = 10_000_000
"""Drawing more of them takes so long that it is said beforehand."""


class Session(QObject):
    """One network, one sequence, one record.

    Parameters
    ----------
    settings : Settings, optional
        What to begin with.
    parent : QObject, optional
    limits : MemoryLimits, optional
        How much memory a run may take; those of this machine if left out.

    Raises
    ------
    SettingsError
        If there is a problem with `settings`.

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
    lockstep_changed() : other networks beside the session's own, or none.
    preset_opened(preset) : also one that is open again; None where none is any more.
    history_changed() : `history` has another change to undo or to redo.
    returned() : a change was undone or redone; drafts are given up.
    notice(sentence) : what was just done, for the status bar.
    failed(error) : the module raised this while it computed what is waited for.
    """

    settings_changed = Signal()
    network_changed = Signal()
    weights_changed = Signal()
    trace_reset = Signal()
    trace_extended = Signal(int, int)
    cursor_moved = Signal(int)
    selection_changed = Signal()
    busy_changed = Signal(bool)
    lockstep_changed = Signal()
    preset_opened = Signal(object)
    history_changed = Signal()
    returned = Signal()
    notice = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QObject | None = None,
        limits: MemoryLimits | None = None,
    ) -> None:
        super().__init__(parent)
        self.limits = limits or MemoryLimits.of_this_machine()
        self.selection = Selection()
        self.history = History()
        self.preset: Preset | None = None
        self.previous_weights: InitializationSettings | None = None
        self.keeps_place = False  # whether another run has begun, and the cursor stays
        settings = settings or Settings()
        self._raise_problems(settings, before=None)
        remove_left_overs()
        self._built = build(settings, self.limits)
        self._walker = Walker(self._built.work, self)
        self._walker.went.connect(self._follow_layer)
        self._walker.extended.connect(self.trace_extended)
        self._walker.moved.connect(self.cursor_moved)
        self._walker.busy_changed.connect(self.busy_changed)
        self._walker.failed.connect(self.failed)

    # What there is

    @property
    def settings(self) -> Settings:
        """What was chosen."""
        return self._built.settings

    @property
    def run(self) -> Run:
        """The network, its inputs and the record."""
        return self._built.run

    @property
    def lockstep(self) -> Lockstep | None:
        """What runs beside `run`, if anything does."""
        return self._built.lockstep

    @property
    def network(self) -> nn.Module:
        """The torch module."""
        return self.contract.module

    @property
    def contract(self) -> Network:
        """The module behind the network contract."""
        return self._built.network

    @property
    def trace(self) -> Trace:
        """The record, up to what is revealed."""
        return self.run.trace

    @property
    def length(self) -> int:
        """How many moves lead through the sequence: its steps, if it is read in one direction."""
        return self.run.moves

    @property
    def cursor(self) -> int:
        """The step that is shown."""
        return self._walker.cursor

    @property
    def target(self) -> int:
        """The step that was asked for; the cursor is on its way there."""
        return self._walker.target

    @property
    def busy(self) -> bool:
        """Whether the cursor still waits for steps to be computed."""
        return self._walker.busy

    def code(self) -> str:
        """Return the PyTorch code that computes the record, from its inputs to its last state.

        Raises
        ------
        ValueError
            If the run started from a carried state that is too large to be written out.
        """
        return code_of(self.settings, h0=self.run.h0)

    # What a user changes

    def apply(self, settings: Settings) -> None:
        """Take `settings` over, keeping whatever they do not change.

        Raises
        ------
        SettingsError
            If they cannot be applied; nothing has changed then.
        """
        settings = without_stale_replay(self.settings, settings)
        if settings != self.settings:
            sentence = sentence_about(self.settings, settings)
            self._change(settings, self.selection)
            self._say(sentence)

    def set_limits(self, limits: MemoryLimits) -> None:
        """Change how much memory a run may take; it concerns the next change of settings."""
        self.limits = limits

    def draw_new_weights(self) -> None:
        """Draw other weights from the next seed; where none comes from chance, say so."""
        if said := why_no_draw(self.settings):
            self.notice.emit(said)
            return
        init = self.settings.initialization
        self.history.part()
        self.apply_initialization(
            init.model_copy(update={"seed": 0 if init.seed == MAX_SEED else init.seed + 1})
        )

    def restore_previous_weights(self) -> None:
        """Go back to the weights before the last change of them; again goes forth."""
        if self.previous_weights is not None:
            colours = {"weight_range": self.settings.initialization.weight_range}
            self.history.part()
            self.apply_initialization(self.previous_weights.model_copy(update=colours))

    def apply_initialization(self, initialization: InitializationSettings) -> None:
        """Apply `initialization`, and leave all else."""
        self.apply(self.settings.model_copy(update={"initialization": initialization}))

    def set_lockstep(self, on: bool) -> None:
        """Let other networks run beside this one, or end that; the cursor stays.

        Raises
        ------
        SettingsError
            If they would take too much memory.
        """
        self.apply_lockstep(self.settings.lockstep.model_copy(update={"on": on}))

    def apply_lockstep(self, lockstep: LockstepSettings) -> None:
        """Apply `lockstep`, and leave all else."""
        self.apply(self.settings.model_copy(update={"lockstep": lockstep}))

    def open_preset(self, name: str) -> None:
        """Open a preset by its name.

        Raises
        ------
        KeyError
            If there is no preset of this name.
        SettingsError
            If it cannot be opened; nothing has changed then.
        """
        presets = load_presets()
        if name not in presets:
            raise KeyError(f"There is no preset {name!r}; there are: {', '.join(presets)}.")
        preset = presets[name]
        self._change(preset.settings, Selection(), preset)
        self.preset_opened.emit(preset)
        self.notice.emit(f"Opened “{preset.title}”.")

    def show_record(self, settings: Settings, *, begins: bool = False) -> None:
        """Show recorded states, as `settings.replay` gives them; the cursor stays where it was.

        To go from one record to another is no change that could be undone.

        Parameters
        ----------
        settings : Settings
        begins : bool
            Whether it is the first that is shown of a recording, which can be undone.

        Raises
        ------
        SettingsError
            If they cannot be shown; nothing has changed then.
        """
        cursor, kept = self.target, {"weight_range": self.settings.initialization.weight_range}
        init = settings.initialization.model_copy(update=kept)
        looks = {"initialization": init, "lockstep": self.settings.lockstep}
        settings = settings.model_copy(update=looks)
        if begins or self.settings.replay is None:
            self.history.part()
            self.apply(settings)
        else:
            built = self._rebuilt(settings)
            self.keeps_place = True
            try:
                self._take_over(*built, self.selection)
            finally:
                self.keeps_place = False
        self.seek(cursor)

    def select(self, **changes: object) -> None:
        """Change `selection`, as ``select(layer=1)`` or ``select(pin=None)``.

        Raises
        ------
        ValueError
            If there is no such sequence, layer or unit; nothing has changed then.
        """
        # The names are those of Selection; replace says which one is not.
        selection = replace(self.selection, **changes)  # type: ignore[arg-type]
        selection.check(self.run)
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    def undo(self) -> None:
        """Take the last change back, and go to where the cursor was; nothing if there is none.

        Raises
        ------
        SettingsError
            If the settings before it would take too much memory by now; nothing has changed then.
        """
        said = f"Undone: {self.history.undo_name}."
        self._return_to(self.history.before(), self.history.undo, said)

    def redo(self) -> None:
        """Make the change again that was undone last; otherwise as `undo`."""
        said = f"Done again: {self.history.redo_name}."
        self._return_to(self.history.after(), self.history.redo, said)

    def moment(self) -> Moment:
        """Return where this is, for `open_moment`."""
        return self._moment(self._built, self.preset)

    def open_moment(
        self, moment: Moment, previous_weights: InitializationSettings | None, name: str
    ) -> None:
        """Open what was kept under `name`, as one change that can be undone.

        Parameters
        ----------
        moment : Moment
        previous_weights : InitializationSettings, optional
            What `restore_previous_weights` goes to.
        name : str

        Raises
        ------
        SettingsError
            If it cannot be opened; nothing has changed then.
        """

        def remember(now: Moment) -> None:
            self.history.record(now, moment, name)

        self._return_to(moment, remember, f"Opened “{name}”.")
        self.previous_weights = previous_weights
        self.settings_changed.emit()

    # Going through the sequence

    def step_forward(self) -> None:
        """Go one step on; computes only at the end of what is computed."""
        self._walker.step_forward()

    def step_back(self) -> None:
        """Take back the steps that are still waiting, or else go one step back."""
        self._walker.step_back()

    def seek(self, t: int) -> None:
        """Go to step `t`, computing up to there where nobody has been; not after `close`."""
        self._walker.seek(t)

    def run_to_end(self) -> None:
        """Go to the last step."""
        self.seek(self.length)

    def cancel(self) -> None:
        """Stop computing; what was computed and shown stays."""
        self._walker.cancel()

    def close(self) -> None:
        """End the work, at once; the session cannot run on afterwards.

        A block that is being computed may still take its time: see `wait_closed`.
        """
        self._walker.close()

    def wait_closed(self, seconds: float) -> bool:
        """Wait until nothing is computed any more, `seconds` at most, and return whether it is so.

        After `close`, only a single call of torch can take longer than an instant.
        """
        return self._walker.wait_closed(seconds)

    # How it is done

    def _follow_layer(self, before: int) -> None:
        """Select the layer that the cursor has come to, where layers are read one by one."""
        walk, layer = self.run.walk, self.selection.layer
        depth = walk.depth_at(self.cursor)
        if walk.both and depth != walk.depth_at(before):
            self.select(layer=2 * depth + layer % 2)

    def _change(
        self, settings: Settings, selection: Selection, opened: Preset | None = None
    ) -> None:
        """Take `settings` over, as a change that can be undone."""
        built, differs = self._rebuilt(settings)
        after = self._moment(built, opened or self.preset)
        title = opened.title if opened is not None else ""
        self.history.record(self._moment(self._built, self.preset), after, title)
        self._take_over(built, differs, selection, opened)
        self.history_changed.emit()

    def _moment(self, built: Built, preset: Preset | None) -> Moment:
        carries = built.settings.sequence.start_state == "carry"
        carried = built.carried if carries else None  # else it is of no consequence
        return Moment(built.settings, preset, carried, self.selection, self.target)

    def _return_to(self, moment: Moment | None, go: Callable[[Moment], None], said: str) -> None:
        """Bring back `moment`, and let `go` move the history there."""
        if moment is None:
            return
        built, differs = self._rebuilt(moment.settings, moment)
        go(self._moment(self._built, self.preset))
        opened, self.preset = self.preset, moment.preset
        elsewhere = built.run is not self.run or self.preset != opened
        self._take_over(built, differs, moment.selection if elsewhere else self.selection)
        if self.preset != opened or self._is_preset_again(differs):
            self.preset_opened.emit(self.preset)
        self.returned.emit()
        self.history_changed.emit()
        if elsewhere:
            self.seek(moment.cursor)
            self.select(**vars(moment.selection))  # the cursor may have chosen another layer
        self.notice.emit(said)

    def _is_preset_again(self, differs: Difference) -> bool:
        """Return whether the network is the open preset's, and was not."""
        if self.preset is None:
            return False
        return differs.network and self.settings.network == self.preset.settings.network

    def _rebuilt(
        self, settings: Settings, moment: Moment | None = None
    ) -> tuple[Built, Difference]:
        """Make what `settings` need, or a `moment` with them, while everything stays as it is."""
        self._raise_problems(settings, self.settings)
        differs = difference(self.settings, settings)
        if moment is not None and moment.carried is not self._moment(self._built, None).carried:
            differs = replace(differs, start_state=True)
        if differs.weights and settings.network.parameter_count > MANY_WEIGHTS:
            self.notice.emit(f"Drawing {settings.network.parameter_count:,} weights …")
        return rebuild(self._built, settings, differs, self.limits, moment), differs

    def _take_over(
        self, built: Built, differs: Difference, selection: Selection, opened: Preset | None = None
    ) -> None:
        """Change everything at once, and only then say so; nothing can fail here."""
        before, old = self._built, self.selection
        self._built = built
        self.selection = selection.fitted(self.run)
        if differs.weights:
            self.previous_weights = None if differs.network else before.settings.initialization
        if opened is not None:
            self.preset = opened
        new_run = built.run is not before.run
        self._walker.take(built.work, starts=new_run or opened is not None, new_run=new_run)
        if self.run.walk.both:  # what is on show belongs to the layer that the cursor is in
            depth, layer = self.run.walk.depth_at(self.cursor), self.selection.layer
            self.selection = replace(self.selection, layer=2 * depth + layer % 2)
        self._tell_of(differs, new_run)
        if self.selection != old:
            self.selection_changed.emit()
        if built.lockstep is not before.lockstep:
            self.lockstep_changed.emit()
            self._walker.advance()  # those that are new catch up

    def _tell_of(self, differs: Difference, new_run: bool) -> None:
        self._walker.tell_busy()
        if differs.network:
            self.network_changed.emit()
        if new_run:
            self.trace_reset.emit()
        self._walker.tell_cursor()
        self.settings_changed.emit()
        if differs.weights:
            self.weights_changed.emit()

    def _raise_problems(self, settings: Settings, before: Settings | None) -> None:
        problems = problems_of(settings, self.limits, before)
        if problems:
            raise SettingsError(problems)

    def _say(self, sentence: str) -> None:
        carried_state = self._built.carried
        carries = self.settings.sequence.start_state == "carry" and carried_state is not None
        if sentence and carries:
            carried = self.run.h0 is carried_state
            sentence += (
                " It starts from the last state of the previous run."
                if carried
                else " The last state had another shape: it starts from zeros."
            )
        if sentence:
            self.notice.emit(sentence)
