"""Which recurrent layer of a file, and what its shapes cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from rnnviz.fields import hints_of
from rnnviz.networks import NETWORKS
from rnnviz.opening.asking import SPACE, AskingDialog
from rnnviz.settings import NetworkSettings
from rnnviz.widgets.form import Changes, Field, Form
from rnnviz.widgets.form_editors import ChoiceEditor

if TYPE_CHECKING:
    from rnnviz.formats.weights import FoundLayer, Weights

ASKED = ("nonlinearity", "output_nonlinearity")
"""The fields of the network that no shape tells."""


class WeightsDialog(AskingDialog):
    """The layers of a file, and the fields that have to be asked for.

    Attributes
    ----------
    index : int
        Which layer is chosen.
    answers : dict
        Field of the network → value, for what the chosen layer does not know.
    """

    def __init__(self, weights: Weights, parent: QWidget | None = None) -> None:
        super().__init__("open_weights", weights.path.name, "Open", parent)
        self._weights = weights
        self.index = 0
        self._answers = {name: NetworkSettings.model_fields[name].get_default() for name in ASKED}
        self._form = Form("open_weights", self._take)
        self._form.set_spacing(SPACE)
        self._form.committed.connect(self.accept)
        self._add_layers()
        for name in ASKED:
            self._add_question(name)
        self.add(self._form)
        self.end()
        self._show()

    @property
    def answers(self) -> dict[str, object]:
        """What was asked for, and answered."""
        return {name: self._answers[name] for name in self._layer.unknown}

    @property
    def _layer(self) -> FoundLayer:
        return self._weights.layers[self.index]

    def _add_layers(self) -> None:
        choices = [(k, layer_text(layer)) for k, layer in enumerate(self._weights.layers)]
        said = "The recurrent layers that were found in the file."
        field = Field("layer", "Layer", ChoiceEditor(choices), description=said, wide=True)
        self._form.add(field)

    def _add_question(self, name: str) -> None:
        info = NetworkSettings.model_fields[name]
        choices = list(hints_of(NetworkSettings, name)["labels"].items())
        field = Field(
            name, info.title or name, ChoiceEditor(choices), description=info.description or ""
        )
        field.set_hint("The file does not say.")
        self._form.add(field)

    def _take(self, changes: Changes) -> None:
        if "layer" in changes:
            self.index = changes["layer"]
        self._answers |= {name: changes[name] for name in ASKED if name in changes}
        self._show()

    def _show(self) -> None:
        several = len(self._weights.layers) > 1
        self._form.set_shown({*(["layer"] if several else []), *self._layer.unknown})
        self._form.show_values({"layer": self.index, **self._answers})
        about = [] if several else [f"{layer_text(self._layer)}."]
        self.set_notices([*about, *self._weights.notices, *self._layer.notices])


def layer_text(layer: FoundLayer) -> str:
    """Return what a user reads of a layer: where it is, what it is, and how large."""
    sizes = layer.sizes
    parts = [f"{sizes['input_size']:,} → {sizes['hidden_size']:,}"]
    if "output_size" in sizes:
        parts[0] += f" → {sizes['output_size']:,}"
    if sizes.get("num_layers", 1) != 1:
        parts.append(f"{sizes['num_layers']} layers")
    if sizes.get("bidirectional"):
        parts.append("both directions")
    if sizes.get("bias") is False:
        parts.append("no biases")
    title = f"{NETWORKS[layer.kind].title}, {', '.join(parts)}"
    return f"{layer.name}: {title}" if layer.name else title
