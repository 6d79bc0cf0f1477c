"""The mask of a cut-out, as somebody painted it or as a model proposes it: a process of its own, as reading.py is.

On its standard input a mask or nothing, and then a small picture; out, a line of JSON and then the mask as a grey PNG
and the small picture with the mask as its alpha. It imports nothing of Winnow. Whoever runs it: creative.cut_outs.
"""

from __future__ import annotations

import hashlib
import io
import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

MEMORY = 3 << 30  # bytes of address space, of which a model at work takes one
SECONDS = 30  # of processor time
SIDE = 320  # pixels, as the model takes a picture
U2NETP = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"  # SHA-256 of its weights
# As the model was trained: https://github.com/xuebinqin/U-2-Net, data_loader.py.
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
THREADS = 2


def painted(mask: bytes, size: tuple[int, int]) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the door has read the header
    with Image.open(io.BytesIO(mask), formats=["PNG"]) as opened:
        opened.load()
    if opened.size != size or opened.mode not in ("L", "1") or "transparency" in opened.info:
        raise ValueError("not one channel of 8 bits in the picture's size")
    return opened.convert("L")


def proposed(picture: Any, size: tuple[int, int], weights: Path) -> Any:
    """By U2-Netp, which looks at 320 x 320 pixels; where the picture is larger its edges are drawn together again."""
    import numpy
    import onnxruntime
    from PIL import Image

    content = weights.read_bytes()
    if hashlib.sha256(content).hexdigest() != U2NETP:
        raise ValueError("other weights than those that are known here")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    pixels = numpy.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS), dtype=numpy.float32)
    pixels = (pixels / max(float(pixels.max()), 1e-6) - MEAN) / DEVIATION
    given = pixels.transpose(2, 0, 1)[None].astype(numpy.float32)
    seen = session.run(None, {session.get_inputs()[0].name: given})[0][0, 0]
    spread = max(float(seen.max() - seen.min()), 1e-6)
    small = Image.fromarray(((seen - seen.min()) / spread * 255).round().astype(numpy.uint8))
    steep = max(1.0, max(size) / SIDE / 2)
    return small.resize(size, Image.Resampling.BICUBIC).point(
        [min(255, max(0, round((level - 127.5) * steep + 127.5))) for level in range(256)]
    )


def shown(picture: Any, mask: Any) -> bytes:
    """The small picture with the mask as its alpha."""
    from PIL import Image, ImageChops

    cut = picture.convert("RGBA")
    cut.putalpha(ImageChops.multiply(cut.getchannel("A"), mask.resize(cut.size, Image.Resampling.BOX)))
    out = io.BytesIO()
    cut.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def main(length: str, width: str, height: str, weights: str = "") -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    from PIL import Image

    content, size = sys.stdin.buffer.read(), (int(width), int(height))
    out = sys.stdout.buffer
    try:
        picture = Image.open(io.BytesIO(content[int(length) :]), formats=["WEBP"])
        mask = proposed(picture, size, Path(weights)) if weights else painted(content[: int(length)], size)
        grey = io.BytesIO()
        mask.save(grey, "PNG", compress_level=6)
        made = {"mask": grey.getvalue(), "preview": shown(picture, mask)}
    except (ImportError, MemoryError, OSError, RuntimeError, SyntaxError, ValueError) as error:
        out.write(json.dumps({"broken": str(error)[:200]}).encode())
        return
    sizes = {name: len(each) for name, each in made.items()}
    facts = {"size": list(mask.size), "preview": list(picture.size)}
    out.write(json.dumps({"facts": facts, "files": sizes}).encode() + b"\n")
    for each in made.values():
        out.write(each)


if __name__ == "__main__":
    main(*sys.argv[1:])
