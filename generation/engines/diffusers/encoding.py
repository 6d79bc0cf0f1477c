"""What reads the prompt: once for the candidates of a run, which share it; and how many tokens it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

KEPT = 4  # encoded prompts: a class may encode what to avoid by a call of its own


class Encoders:
    """Of one loaded pipeline and its sister. `lengths`: tokens that each was given at most, by its name."""

    def __init__(self, pipeline: Any) -> None:
        from transformers import PreTrainedModel

        self.lengths: dict[str, int] = {}
        for name, part in pipeline.components.items():
            if isinstance(part, PreTrainedModel):
                part.register_forward_pre_hook(self._counting(name), with_kwargs=True)

    def encode_once(self, pipeline: Any) -> None:
        if hasattr(pipeline, "encode_prompt"):
            pipeline.encode_prompt = LastCalls(pipeline.encode_prompt, self)

    def count(self, lengths: Mapping[str, int]) -> None:
        for name, length in lengths.items():
            self.lengths[name] = max(self.lengths.get(name, 0), length)

    def _counting(self, name: str) -> Callable[..., None]:
        def count(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            tokens: Any = kwargs.get("input_ids", args[0] if args else None)
            if getattr(tokens, "ndim", 0) == 2:
                self.count({name: tokens.shape[1]})

        return count


class LastCalls:
    """A call whose last results are kept, with the lengths that its encoders were given."""

    def __init__(self, call: Callable[..., Any], encoders: Encoders) -> None:
        self._call, self._encoders = call, encoders
        self._results: dict[str, tuple[Any, dict[str, int]]] = {}
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        arguments = repr((args, kwargs))
        if arguments not in self._results:
            self.calls += 1
            if len(self._results) == KEPT:
                self._results.pop(next(iter(self._results)))
            before, self._encoders.lengths = self._encoders.lengths, {}
            result = self._call(*args, **kwargs)
            self._results[arguments] = result, self._encoders.lengths
            self._encoders.lengths = before
        result, lengths = self._results[arguments]
        self._encoders.count(lengths)
        return result
