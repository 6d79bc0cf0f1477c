from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from generation import presets
from generation.engines.diffusers import weights

# Read when torch is imported. Threads that wait for each other on a busy machine should sleep, not spin.
ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE"}


class Command(BaseCommand):
    help = "Train the starter model, on a GPU if there is one. Stop it at any time and go on by the same command."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "stage", choices=["unpack", "pictures", "decoder", "denoiser", "repaint", "samples", "pack"]
        )
        parser.add_argument("folder", type=Path, help="where checkpoints and composed pictures are kept")
        parser.add_argument("--package", type=Path, help="the unpacked picture package (pictures)")
        parser.add_argument("--count", type=int, default=24_000, help="pictures to compose (pictures)")
        parser.add_argument("--minutes", type=float, default=120, help="in all, earlier sittings included")
        parser.add_argument("--batch", type=int, default=16)
        parser.add_argument(
            "--rate", type=float, help="the highest (denoiser, decoder); lower to go on from packed weights"
        )
        parser.add_argument("--threads", type=int, default=1)
        parser.add_argument("--compile", action="store_true", help="torch.compile the denoiser: worth it in long runs")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--device", help="cuda or cpu; by default what there is")
        parser.add_argument(
            "--target", type=Path, default=weights.STARTER_FOLDER, help="the packed model (pack, unpack)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stage, folder = options["stage"], options["folder"]
        if stage == "pictures":
            self.compose(folder, options)
        elif stage == "unpack":
            self.unpack(folder, options["target"])
        elif stage == "samples":
            self.draw_samples(folder, seeds=4)
        elif stage == "pack":
            self.pack(folder, options["target"])
        else:
            self.train(stage, folder, options)

    def unpack(self, folder: Path, target: Path) -> None:
        from generation.starter.unpack import unpack

        unpack(target, folder)

    def compose(self, folder: Path, options: dict[str, Any]) -> None:
        from generation.starter import pictures

        pictures.prepare(folder, options["package"], count=options["count"], seed=options["seed"])

    def train(self, stage: str, folder: Path, options: dict[str, Any]) -> None:
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        import torch

        from generation.starter import decoder
        from generation.starter.precision import computes_bfloat16
        from generation.starter.repaint import repaint
        from generation.starter.train import RATE, train

        torch.set_num_threads(options["threads"])
        device = options["device"] or ("cuda" if torch.cuda.is_available() else "cpu")
        self.stdout.write(f"On {device}, in {'bfloat16' if computes_bfloat16(device) else 'float32'}.")
        common = {
            "minutes": options["minutes"],
            "batch": options["batch"],
            "seed": options["seed"],
            "device": device,
        }
        if stage == "decoder":
            decoder.train(folder, **common, highest_rate=options["rate"] or decoder.RATE)
        elif stage == "repaint":
            repaint(folder, device=device, seed=options["seed"])
        else:
            train(
                folder,
                **common,
                highest_rate=options["rate"] or RATE,
                compiled=options["compile"],
                draw_samples=lambda: self.draw_samples(folder, seeds=1),
            )

    def draw_samples(self, folder: Path, *, seeds: int) -> None:
        from generation.starter import samples

        parameters = presets.starter().parameters
        target = folder / "samples.png"
        samples.draw(folder, target, seeds=seeds, steps=parameters["steps"], guidance=parameters["guidance"])

    def pack(self, folder: Path, target: Path) -> None:
        from generation.starter.pack import pack

        self.stdout.write(f"{pack(folder, target) / 1e6:.1f} MB in {target}")
