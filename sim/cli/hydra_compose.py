"""The only place that calls Hydra: compose `conf/`, and a user's folder before it, to a dict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from sim.tables.errors import UserError
from sim.tables.messages import one_line
from sim.tables.parameters import defaults, nested
from sim.tables.settings import setting_defaults

_user_folder: list[Path] = []  # read by the plugin below while composing


class UserFolderFirst(SearchPathPlugin):
    """Lets Hydra look into the user's folder before the shipped one."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Put the user's folder in front; none while nothing of ours is composed."""
        for folder in _user_folder:
            search_path.prepend("user", str(folder), anchor="main")


def composed(shipped: Path, user: Path | None, choices: dict[str, str]) -> dict[str, Any]:
    """Compose the configuration.

    Parameters
    ----------
    shipped, user : Path
        Absolute folders of configuration files; every file that is read was scanned before.
    choices : dict
        group -> name, both checked before.

    Returns
    -------
    dict
        Nested plain data; references are not followed.

    Raises
    ------
    UserError
        One line, if Hydra can not compose.
    """
    store = ConfigStore.instance()
    store.store(name="parameters", node=nested(defaults()), package="_global_")
    store.store(name="settings", node=setting_defaults(), package="_global_")
    plugins = Plugins.instance()
    if UserFolderFirst not in plugins.discover(SearchPathPlugin):
        plugins.register(UserFolderFirst)
    overrides = [f"{'+' if g == 'experiment' else ''}{g}={name}" for g, name in choices.items()]
    _user_folder[:] = [user] if user else []
    try:
        with initialize_config_dir(str(shipped), version_base="1.3", job_name="sim"):
            config = compose("config", overrides=overrides)
            return OmegaConf.to_container(config, resolve=False)  # type: ignore[return-value]
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise UserError(f"configuration: {one_line(str(error))}") from None
    finally:
        _user_folder.clear()
