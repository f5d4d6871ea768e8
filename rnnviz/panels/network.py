"""The dock "Network": which network, and how large."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnviz.changes import with_network
from rnnviz.networks import NETWORKS
from rnnviz.panels.panel import SettingsPanel
from rnnviz.session import Session
from rnnviz.settings import NetworkSettings
from rnnviz.widgets.form import Changes, SettingsForm

_OPTIONAL = frozenset().union(*(kind.options for kind in NETWORKS.values()))
"""Fields that mean something to some kinds only."""


class NetworkPanel(SettingsPanel):
    """Kind and sizes; only the fields that mean something are there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "network", parent)
        self._form = SettingsForm(NetworkSettings, "network", self._on_edited, fold=self.more)
        self._add_form(self._form)
        self._add_group(self._form)
        self._end()
        self.show_settings()

    def show_settings(self) -> None:
        """Show the session's network settings."""
        network = self._session.settings.network
        hidden = _OPTIONAL - network.options
        self._form.set_shown(self._form.fields.keys() - hidden)
        self._form.set_values(network)
        self._form.fields["kind"].set_hint(network.description.sentence)

    def _on_edited(self, changes: Changes) -> None:
        settings = self._session.settings
        network = settings.network.model_copy(update=changes)
        self._apply(with_network(settings, network), "network")
