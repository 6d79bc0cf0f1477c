"""What lies in a pipeline folder, and whether it can work here: of its JSON and the heads of its weights alone.

Without torch, so that a preset is checked where it is saved.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from generation.engines.diffusers import families, heads, packages, single_file
from generation.engines.diffusers.weights import Sources
from generation.engines.engine import UnusableSource

LIBRARIES = ("diffusers", "transformers")
PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle", ".msgpack", ".h5")
SETTINGS = ("scheduler_config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json")
READ_WITHOUT_TORCHVISION = ("CLIPImageProcessor", "CLIPFeatureExtractor", "SiglipImageProcessor", "ViTImageProcessor")
PACKAGES = {"bitsandbytes": "bitsandbytes", "torchao": "torchao", "gguf": "gguf", "quanto": "optimum-quanto"}


@dataclass(frozen=True)
class Part:
    """A component of a pipeline, in a folder of its own; a `file` has its weights in place of those in there."""

    name: str
    library: str
    kind: str  # its class
    folder: Path
    file: Path | None = None

    @cached_property
    def config(self) -> dict[str, Any]:
        return _json(self.folder / "config.json") if (self.folder / "config.json").is_file() else {}

    @property
    def is_model(self) -> bool:
        return (self.folder / "config.json").is_file() and not any((self.folder / each).is_file() for each in SETTINGS)

    @cached_property
    def weights(self) -> list[Path]:
        """Its safetensors, whole before those of a variant; the one index is followed where it is in pieces."""
        indexes = sorted(self.folder.glob("*.safetensors.index*.json"), key=lambda path: len(path.name))
        if indexes:
            names = sorted(set(_json(indexes[0]).get("weight_map", {}).values()))
            if missing := [name for name in names if not (self.folder / name).is_file()]:
                raise UnusableSource(
                    f"'{self.name}' lacks {missing[0]}, one of the {len(names)} pieces of its weights."
                )
            return [self.folder / name for name in names]
        return sorted(self.folder.glob("*.safetensors"), key=lambda path: len(path.name))[:1]

    @property
    def variant(self) -> str | None:
        """Such as fp16, where its weights lie under that name alone."""
        parts = self.weights[0].name.split("-0")[0].removesuffix(".safetensors").split(".") if self.weights else []
        return parts[1] if len(parts) > 1 else None


@dataclass(frozen=True)
class Look:
    """A pipeline folder, read and found fit."""

    folder: Path
    kind: str  # class of the text-to-image pipeline
    parts: tuple[Part, ...]
    absent: tuple[str, ...]  # components that this one does without

    @property
    def family(self) -> families.Family:
        return families.of(self.kind)

    @property
    def models(self) -> list[Part]:
        return [part for part in self.parts if part.is_model]

    @cached_property
    def side(self) -> int:
        """Pixels that the sides of a picture must be a multiple of."""
        return _vae_scale(self._config("vae") or self._config("movq")) * self.family.patch

    def _config(self, name: str) -> dict[str, Any]:
        return next((part.config for part in self.parts if part.name == name), {})


def look(sources: Sources) -> Look:
    """Raises UnusableSource, in a sentence with the remedy, for what can't work on this installation."""
    folder = sources.folder
    index = _json(folder / "model_index.json") if (folder / "model_index.json").is_file() else None
    if index is None:
        raise UnusableSource(f"'{folder.name}' is no pipeline folder: it has no model_index.json.")
    kind = _text_to_image(str(index.get("_class_name") or "nothing"), index)
    named = {name: value for name, value in index.items() if isinstance(value, list)}
    if sources.file:
        named = {name: value for name, value in named.items() if name not in single_file.LEFT_OUT}
    absent = tuple(name for name, value in named.items() if _is_absent(name, value))
    parts = [Part(name, value[0], value[1], folder / name) for name, value in named.items() if name not in absent]
    if sources.file:
        parts = _from_file(sources.file, parts)
    if sources.vae:
        parts = [_other_vae(sources.vae) if part.name == "vae" else part for part in parts]
    for part in parts:
        _require_fit(part)
    for path, _ in sources.adapters:
        packages.require("peft", f"'{path.name}' is a LoRA")
        heads.read(path)
    return Look(folder, kind, tuple(parts), absent)


def _from_file(file: Path, parts: Sequence[Part]) -> list[Part]:
    held = single_file.held(file.name, heads.read(file), {part.name: part.kind for part in parts})
    return [replace(part, file=file) if part.name in held else part for part in parts]


def _other_vae(folder: Path) -> Part:
    return Part("vae", "diffusers", str(_json(folder / "config.json").get("_class_name", "")), folder)


def _text_to_image(kind: str, index: dict[str, Any]) -> str:
    """The class that makes pictures of words alone from the same parts."""
    if index.get("requires_aesthetics_score"):
        raise UnusableSource(
            "This is the refiner of SDXL, which finishes pictures of another model. Use the base model."
        )
    base = kind.replace("Img2Img", "").replace("Inpaint", "")
    if base in families.BY_CLASS or base in families.OTHERS:
        return base
    raise UnusableSource(
        f"Pipelines of the class {kind} make no pictures of words alone, as far as Winnow knows diffusers. "
        "Videos, edits and upscaling are not made here."
    )


def _is_absent(name: str, value: list[Any]) -> bool:
    """Raises UnusableSource for what neither library has a class for."""
    match value:
        case [None, None | str()]:
            return True
        case [str() as library, str()] if library in LIBRARIES:
            return False
    raise UnusableSource(
        f"The component '{name}' is code of the model's own; only diffusers' and transformers' is run."
    )


def _require_fit(part: Part) -> None:
    if not part.folder.is_dir():
        raise UnusableSource(f"The folder of '{part.name}' is missing. Copy the model anew, whole.")
    _require_packages(part)
    if part.file and not part.config:
        raise UnusableSource(f"The configuration of '{part.name}' is missing: config.json in its folder.")
    if part.file or not part.is_model:
        return
    if not part.weights:
        raise UnusableSource(_no_weights(part))
    for file in part.weights:
        heads.read(file, f"{part.name}/{file.name}")


def _no_weights(part: Part) -> str:
    pickled = [path.name for path in sorted(part.folder.iterdir()) if path.suffix.lower() in PICKLES]
    if pickled:
        return (
            f"'{part.name}' holds {pickled[0]} alone: only safetensors are loaded, never pickles or code. "
            "Take a copy of the model in safetensors, or save it anew with safe_serialization=True."
        )
    return f"'{part.name}' has no weights: there is no safetensors file in its folder. Copy the model anew, whole."


def _require_packages(part: Part) -> None:
    method = str((part.config.get("quantization_config") or {}).get("quant_method", ""))
    if method and method not in PACKAGES:
        raise UnusableSource(
            f"'{part.name}' is quantised by '{method}', which diffusers doesn't load. Take it in bfloat16."
        )
    if method:
        packages.require(PACKAGES[method], f"'{part.name}' is quantised by {method}")
    if part.kind.endswith("Processor") and part.kind not in READ_WITHOUT_TORCHVISION:
        packages.require("torchvision", f"'{part.name}' is a {part.kind}")
    if any(part.folder.glob("*.model")) and not (part.folder / "tokenizer.json").is_file():
        for package in ("sentencepiece", "protobuf"):
            packages.require(package, f"'{part.name}' has no tokenizer.json, only a SentencePiece model")


def _vae_scale(config: dict[str, Any]) -> int:
    """Pixels a side that one latent pixel stands for."""
    levels = len(config.get("temperal_downsample") or [])
    channels = config.get("encoder_block_out_channels") or config.get("block_out_channels") or [0] * 4
    return 1 << (levels or len(channels) - 1)


def _json(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableSource(f"'{file.name}' can't be read as JSON: {error}.") from error
    if not isinstance(told, dict):
        raise UnusableSource(f"'{file.name}' holds no object of names and values.")
    return told
