"""What a nested file may hold, as pydantic models, and their mistakes in our lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from sim.tables.checks import NotAllowed, check_value
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown
from sim.tables.parameters import Parameter


class PartNotAllowed(NotAllowed):
    """A reason, with the part of the value that it is about."""

    def __init__(self, reason: str, part: Any) -> None:
        super().__init__(reason)
        self.part = part


class Missing(NotAllowed):
    """What is needed where nothing stands."""


class FileModel(BaseModel):
    """A mapping in a file; the descriptions of its fields are the documentation of its keys.

    `noun` is what its keys are called, `needed` says what belongs where it is no mapping, and
    `without` what belongs to a key that has no default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    noun: ClassVar[str] = "key"
    needed: ClassVar[str] = ""
    without: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _a_mapping(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise NotAllowed(cls.needed)
        return {key if isinstance(key, str) else show(key): part for key, part in value.items()}

    @classmethod
    def keys(cls) -> dict[str, str]:
        """Return key -> what it means."""
        return {f.alias or name: f.description or "" for name, f in cls.model_fields.items()}


Model = TypeVar("Model", bound=FileModel)


def number(low: float, high: float, whole: str = "") -> Callable[[Any], Any]:
    """Return a validator of numbers, as of a parameter of that range; `whole` is what they count."""
    row = Parameter("", low, "", low, high, "", kind="integer" if whole else "float")

    def check(value: Any) -> Any:
        try:
            return check_value(row, value)
        except NotAllowed as reason:
            allowed = f"allowed is a {whole or 'number'} from {low:g} to {high:.15g}"
            raise NotAllowed(f"{reason}; {allowed}") from None

    return check


def checked_content(where: str, model: type[Model], content: Any, **context: Any) -> Model:
    """Return the content of a file as a model; `context` is for the model's validators.

    Raises UserError with one line per mistake: `where: key=value: reason`.
    """
    try:
        return model.model_validate(content, context=context)
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
    mistyped = {error["loc"][:-1] for error in errors if error["type"] == "extra_forbidden"}
    lines = []
    for error in errors:
        loc, kind = error["loc"], error["type"]
        reason = error.get("ctx", {}).get("error", error["msg"])
        if kind == "extra_forbidden":
            owner = _model_at(model, loc[:-1])
            known = [_path([*loc[:-1], key]) for key in owner.keys()]
            text = f": {unknown(_path(loc), known, owner.noun.format(**context))}"
        elif kind == "missing" and loc[:-1] in mistyped:  # it may stand there by another name
            continue
        elif kind == "missing":
            needed = _model_at(model, loc[:-1]).without.get(str(loc[-1]))
            text = f": {_path(loc)}: is missing{f'; {needed}' if needed else ''}"
        elif isinstance(reason, Missing):
            text = f": {_path(loc)}: is missing; {reason}"
        else:
            part = getattr(reason, "part", error["input"])
            text = f"{': ' if loc else ''}{_path(loc)}={show(part)}: {reason}"
        lines.append(where + text)
    raise UserError(lines)


def _path(loc: Iterable[int | str]) -> str:
    """Return a place as it is written, such as `levers[1].where.share`."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{show(part)}" for part in loc)
    return "".join(parts).removeprefix(".")


def _model_at(model: Any, loc: Sequence[int | str]) -> type[FileModel]:
    """Return the model of the mapping at a place."""
    for key in (part for part in loc if isinstance(part, str)):
        fields = model.model_fields
        name = next(n for n, field in fields.items() if (field.alias or n) == key)
        model = next(_models_in(fields[name].annotation))
    return model  # type: ignore[no-any-return]


def _models_in(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, FileModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
