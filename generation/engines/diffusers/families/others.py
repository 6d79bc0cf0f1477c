"""Text-to-image classes of diffusers 0.42 that no family describes: they are called by their arguments alone."""

from __future__ import annotations

OTHERS = frozenset(
    [
        "AmusedPipeline",
        "BriaFiboPipeline",
        "BriaPipeline",
        "Cosmos2TextToImagePipeline",
        "DreamLitePipeline",
        "ErnieImagePipeline",
        "Flux2KleinKVPipeline",
        "FluxKontextPipeline",
        "GlmImagePipeline",
        "HiDreamImagePipeline",
        "HunyuanDiTPAGPipeline",
        "HunyuanImagePipeline",
        "IFPipeline",
        "Ideogram4Pipeline",
        "Kandinsky3Pipeline",
        "Kandinsky5T2IPipeline",
        "KolorsPAGPipeline",
        "KolorsPipeline",
        "Krea2Pipeline",
        "LongCatImagePipeline",
        "NucleusMoEImagePipeline",
        "OmniGenPipeline",
        "OvisImagePipeline",
        "PRXPipeline",
        "PRXPixelPipeline",
        "PixArtSigmaPAGPipeline",
        "QwenImage21Pipeline",
        "SanaPAGPipeline",
        "SanaSprintPipeline",
        "StableDiffusion3PAGPipeline",
        "StableDiffusionPAGPipeline",
        "StableDiffusionPanoramaPipeline",
        "StableDiffusionSAGPipeline",
        "StableDiffusionXLPAGPipeline",
        "ZImageOmniPipeline",
    ]
)
